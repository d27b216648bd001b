import { equalBytes } from "../../../src/core/base/bytes.ts";
import { SopsError } from "../../../src/core/base/errors.ts";
import { formatTreePath } from "../../../src/core/model/path.ts";
import { loadFormat } from "../../../src/formats/index.ts";
import { decrypt } from "../../../src/ops/decrypt.ts";
import { testContext } from "../../support/context.ts";
import { openedRoot } from "./changes.ts";
import { anyPath } from "./values.ts";
import {
  askSops,
  broken,
  dataOf,
  differenceAt,
  held,
  type Judged,
  type LawFormat,
  type LawVerdict,
  orError,
  refused,
  skipped,
} from "./world.ts";

/** `--extract` of any node, as its own or as another type, prints what sops prints, or text of the same data. */
export async function judgeExtract(judged: Judged): Promise<LawVerdict> {
  const { world, sealed } = judged;
  const { name, ignoreMac, r } = world;
  const parts = anyPath(await openedRoot(judged), r);
  if (parts === null) return skipped("nothing to extract");
  const path = formatTreePath(parts);
  const output = r.chance(0.7) ? name : r.pick<LawFormat>(["yaml", "json", "dotenv", "ini"]);
  const formats = { input: world.format, output: await loadFormat(output) };
  const ctx = await testContext();
  const ours = await orError(() => decrypt(sealed, formats, { ignoreMac, extract: path }, ctx));
  const theirs = await askSops(world, sealed, ["decrypt", "--output-type", output, "--extract", path]);
  if (ours instanceof SopsError) return refused(ours);
  if (theirs === null) return skipped("sops does not print it");
  if (
    equalBytes(ours, theirs) ||
    isEmptyList(ours, theirs) ||
    ctx.warnings.some((line) => line.includes("does not read back"))
  )
    return held;
  const [a, b] = [await dataOf(formats.output, theirs), await dataOf(formats.output, ours)];
  // A comment of several lines can make sops' text one that cannot be read.
  if (b !== null && (a === null || differenceAt(a, b) === null)) return held;
  return broken(`extract ${path} as ${output} prints other text`, sealed, theirs, ours);
}

/** Which is null in what sops prints as INI. */
function isEmptyList(ours: Uint8Array, theirs: Uint8Array): boolean {
  const [a, b] = [ours, theirs].map((bytes) => new TextDecoder().decode(bytes).trim());
  return a === "[]" && b === "null";
}
