import { readFile } from "node:fs/promises";
import { fromUtf8, utf8 } from "../../../src/core/base/bytes.ts";
import { SopsError } from "../../../src/core/base/errors.ts";
import { map } from "../../../src/core/model/tree.ts";
import { encrypt, sealOnto } from "../../../src/ops/encrypt.ts";
import { openFile } from "../../../src/ops/open.ts";
import { SETTINGS, testContext } from "../../support/context.ts";
import { Random } from "../../support/generate/random.ts";
import { generate } from "../differential.ts";
import { sealedBySops } from "./conversions.ts";
import { pathToSet, trapValue } from "./values.ts";
import { askSops, orError, type World } from "./world.ts";

export interface Versions {
  /** The text that the first version was sealed from. */
  readonly plain: Uint8Array;
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
}

/** A file in three versions that share a data key: the first, and two edits of it. Null: a text is no document. */
export async function sealedVersions(world: World): Promise<Versions | null> {
  const { name, r } = world;
  const plain = generate(name, r.int(2 ** 31));
  const base = r.chance(0.3) ? await sealedBySops(world, plain, name) : await sealed(world, plain);
  if (base === null) return null;
  const [ours, theirs] = await Promise.all([
    edited(world, plain, base, r.int(2 ** 31)),
    edited(world, plain, base, r.int(2 ** 31)),
  ]);
  const setAgain = r.chance(0.4) ? await setBySops(world, ours) : ours;
  return { plain, base: fromUtf8(base), ours: fromUtf8(setAgain), theirs: fromUtf8(theirs) };
}

async function edited(
  { format, name }: World,
  plain: Uint8Array,
  base: Uint8Array,
  seed: number,
): Promise<Uint8Array> {
  const r = new Random(seed);
  for (let i = 0; i < 4; i++) {
    const text = utf8(mutated(fromUtf8(plain), fromUtf8(generate(name, r.int(2 ** 31))), r));
    const made = await orError(async () => sealOnto(text, base, format, {}, await testContext()));
    if (!(made instanceof SopsError)) return made;
  }
  return base;
}

/** Some lines less, doubled, moved, or from another document. */
function mutated(text: string, other: string, r: Random): string {
  const lines = text.split("\n");
  const others = other.split("\n");
  for (const kind of r.times(1, 3, () => r.int(4))) {
    const at = r.int(lines.length);
    if (kind === 0) lines.splice(at, 1);
    else if (kind === 1) lines.splice(at, 0, lines[at] ?? "");
    else if (kind === 2) lines.splice(at, 0, ...lines.splice(r.int(lines.length), 1));
    else lines.splice(at, 1, others[r.int(others.length)] ?? "");
  }
  return lines.join("\n");
}

/** One to three values, of the kind that text formats trip over, set by the real sops. */
async function setBySops(world: World, sealed: Uint8Array): Promise<Uint8Array> {
  const { format, file, r } = world;
  let made = sealed;
  for (let i = r.int(3); i >= 0; i--) {
    const { document } = await openFile(made, format, { ignoreMac: true }, await testContext());
    const path = pathToSet(world.name, document.tree.documents[0] ?? map([]), r);
    const value = trapValue(world.name, r);
    const done = await askSops({ ...world, ignoreMac: true }, made, ["set"], [path, value]);
    // A value can make a file that sops itself does not read again.
    const next = done === null ? made : await readFile(file);
    if ((await askSops(world, next, ["decrypt"])) !== null) made = next;
  }
  return made;
}

async function sealed({ format }: World, plain: Uint8Array): Promise<Uint8Array | null> {
  const made = await orError(async () =>
    encrypt(plain, { input: format, output: format }, SETTINGS, await testContext()),
  );
  return made instanceof SopsError ? null : made;
}
