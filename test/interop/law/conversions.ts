import { writeFile } from "node:fs/promises";
import { equalBytes } from "../../../src/core/base/bytes.ts";
import { SopsError } from "../../../src/core/base/errors.ts";
import type { Tree } from "../../../src/core/model/tree.ts";
import { loadFormat } from "../../../src/formats/index.ts";
import { decrypt } from "../../../src/ops/decrypt.ts";
import { encrypt } from "../../../src/ops/encrypt.ts";
import { rotate } from "../../../src/ops/rotate.ts";
import { RECIPIENT, SETTINGS, testContext } from "../../support/context.ts";
import { runSops } from "../../support/real-sops.ts";
import {
  askSops,
  broken,
  differenceAt,
  held,
  type Judged,
  judgeSealed,
  LAW_FORMATS,
  type LawFormat,
  type LawVerdict,
  orError,
  refused,
  skipped,
  sopsData,
  type World,
} from "./world.ts";

/** `decrypt --output-type` prints what sops prints, or what sops reads as the data of the file, or says that it does not. */
export async function judgeDecryptAs({ world, sealed, data }: Judged): Promise<LawVerdict> {
  const to = await anyOther(world);
  const formats = { input: world.format, output: to.format };
  const ctx = await testContext();
  const ours = await orError(() => decrypt(sealed, formats, { ignoreMac: world.ignoreMac }, ctx));
  if (ours instanceof SopsError) return refused(ours);
  if (ctx.warnings.some((line) => line.includes("does not read back"))) return held;
  const theirs = await askSops(world, sealed, ["decrypt", "--output-type", to.name]);
  if (theirs !== null && equalBytes(ours, theirs)) return held;
  const resealed = await sealedBySops(to, ours, to.name);
  const read = resealed === null ? null : await sopsData({ ...to, ignoreMac: false }, resealed);
  if (read === null) return broken(`decrypt as ${to.name} printed what sops does not read`, sealed, ours);
  const at = differenceAt(firstOf(data), firstOf(read), to.format.flat === true);
  return at === null ? held : broken(`decrypt as ${to.name} printed other data at ${at}`, sealed, ours);
}

/** `rotate --output-type` gives the same data in a file of another format. */
export async function judgeRotateAs(judged: Judged): Promise<LawVerdict> {
  const { world, sealed, data } = judged;
  const to = await anyOther(world);
  const formats = { input: world.format, output: to.format };
  const settings = { ignoreMac: world.ignoreMac };
  const after = await orError(async () =>
    rotate(sealed, formats, { add: [], remove: [] }, settings, await testContext()),
  );
  return judgeSealed({ ...judged, world: to }, `rotate as ${to.name}`, after, firstOf(data), true);
}

/** `encrypt --output-type` seals what `sops encrypt` seals. */
export async function judgeEncryptAs(judged: Judged): Promise<LawVerdict> {
  const { world, plain } = judged;
  const to = await anyOther(world);
  const formats = { input: world.format, output: to.format };
  const after = await orError(async () => encrypt(plain, formats, SETTINGS, await testContext()));
  const theirs = await sealedBySops(world, plain, to.name);
  const data = theirs === null ? null : await sopsData({ ...to, ignoreMac: false }, theirs);
  if (data === null) return skipped("sops does not do it");
  return judgeSealed(
    { ...judged, sealed: plain, world: to },
    `encrypt as ${to.name}`,
    after,
    firstOf(data),
    true,
  );
}

/** The same file in the eyes of another format. */
async function anyOther(world: World): Promise<World> {
  const [first = "yaml", ...others] = LAW_FORMATS.filter((name) => name !== world.name);
  const name = world.r.pick([first, ...others]);
  return { ...world, name, format: await loadFormat(name) };
}

/** Only YAML holds more than one document. */
function firstOf({ documents }: Tree): Tree {
  return { documents: documents.slice(0, 1) };
}

export async function sealedBySops(
  { name, file, dir }: World,
  plain: Uint8Array,
  output: LawFormat,
): Promise<Uint8Array | null> {
  await writeFile(file, plain);
  const types = ["--input-type", name, "--output-type", output];
  const { code, stdout } = await runSops(["encrypt", "--age", RECIPIENT, ...types, file], { cwd: dir });
  return code === 0 ? stdout : null;
}
