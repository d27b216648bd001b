import { rm } from "node:fs/promises";
import { join } from "node:path";
import { SopsError } from "../../../src/core/base/errors.ts";
import { loadFormat } from "../../../src/formats/index.ts";
import { decrypt } from "../../../src/ops/decrypt.ts";
import { testContext } from "../../support/context.ts";
import { Random } from "../../support/generate/random.ts";
import { judgeRotate, judgeSet, judgeUnset } from "./changes.ts";
import { judgeDecryptAs, judgeEncryptAs, judgeRotateAs } from "./conversions.ts";
import { disturb, PLANTED } from "./disturb.ts";
import { judgeEdit } from "./edit.ts";
import { judgeExtract } from "./extract.ts";
import { sealedVersions } from "./versions.ts";
import {
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
  sopsData,
  type World,
} from "./world.ts";

/*
 * The one law of text and tree: whatever text leaves an opened file reads back as the tree that real sops reads from
 * the same file, and whatever is sealed again is that tree, changed only where it was asked for, or the file is refused.
 * The files are random documents and edits of them, by enc and by sops, with a field of another version, planted syntax, a
 * merge, moved ciphertexts, other line ends.
 */

/** What is done to the files that both read, some of it to each. */
const JUDGES: Readonly<Record<string, (judged: Judged) => Promise<LawVerdict>>> = {
  rotate: judgeRotate,
  set: judgeSet,
  unset: judgeUnset,
  edit: judgeEdit,
  extract: judgeExtract,
  "decrypt as": judgeDecryptAs,
  "rotate as": judgeRotateAs,
  "encrypt as": judgeEncryptAs,
};

export const STEPS: readonly string[] = Object.keys(JUDGES);

/** One random file, judged: as a whole, and for each thing that was done to it. The number makes it again. */
export async function judgeLaw(
  name: LawFormat,
  number: number,
  dir: string,
): Promise<LawVerdict & { readonly steps: Readonly<Record<string, LawVerdict>> }> {
  const r = new Random(number);
  const file = join(dir, `${name}-${String(number)}.txt`);
  const world = { format: await loadFormat(name), name, dir, file, ignoreMac: r.chance(0.4), r };
  const versions = await sealedVersions(world);
  if (versions === null) return { ...skipped("no documents"), steps: {} };
  const { text, what } = disturb(name, versions, r);
  const steps = await judgeFile(world, text, versions.plain);
  await rm(file, { force: true });
  const wrong = Object.entries(steps).filter(([, verdict]) => verdict.outcome === "broken");
  if (wrong.length > 0)
    return { ...broken(wrong.map(([, verdict]) => `${what}: ${verdict.what}`).join("\n")), steps };
  return { ...(steps["decrypt"] ?? held), steps };
}

async function judgeFile(
  world: World,
  sealed: Uint8Array,
  plain: Uint8Array,
): Promise<Record<string, LawVerdict>> {
  const data = await sopsData(world, sealed);
  const steps: Record<string, LawVerdict> = {};
  const first = await judgeDecrypt(world, sealed, data);
  steps["decrypt"] = first;
  if (first.outcome !== "held" || data === null) return steps;
  for (const [step, judge] of Object.entries(JUDGES))
    steps[step] = await judge({ world, sealed, plain, data });
  return steps;
}

async function judgeDecrypt(
  world: World,
  sealed: Uint8Array,
  data: Judged["data"] | null,
): Promise<LawVerdict> {
  const ctx = await testContext();
  const formats = { input: world.format, output: world.format };
  const text = await orError(() => decrypt(sealed, formats, { ignoreMac: world.ignoreMac }, ctx));
  if (text instanceof SopsError) return refused(text, data === null ? "" : " (sops reads it)");
  if (PLANTED.test(new TextDecoder().decode(text))) return broken("planted syntax was printed", sealed, text);
  if (data === null) return skipped("sops does not read it");
  if (ctx.warnings.some((line) => line.includes("does not read back"))) return held;
  const read = await dataOf(world.format, text);
  if (read === null) return broken("the printed text does not parse", sealed, text);
  const at = differenceAt(data, read);
  return at === null ? held : broken(`the printed text reads as other data at ${at}`, sealed, text);
}
