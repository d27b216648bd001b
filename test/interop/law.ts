import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fromUtf8, utf8 } from "../../src/core/base/bytes.ts";
import { SopsError } from "../../src/core/base/errors.ts";
import type { Format, FormatName } from "../../src/core/model/format.ts";
import { firstDifference } from "../../src/core/model/tree-data.ts";
import { setAt, type TreePath } from "../../src/core/model/tree-edit.ts";
import { map, type MapNode, str, type Tree } from "../../src/core/model/tree.ts";
import { loadFormat } from "../../src/formats/index.ts";
import { decrypt } from "../../src/ops/decrypt.ts";
import { encrypt, sealOnto } from "../../src/ops/encrypt.ts";
import { rotate } from "../../src/ops/rotate.ts";
import { set } from "../../src/ops/set.ts";
import { IDENTITY, RECIPIENT, SETTINGS, testContext } from "../support/context.ts";
import { Random } from "../support/generate/random.ts";
import { runSops } from "../support/real-sops.ts";
import { generate } from "./differential.ts";
import { disturb, PLANTED } from "./disturb.ts";

/*
 * The one law of text and tree: whatever text leaves an opened file reads back as the tree that real sops reads from
 * the same file, and whatever is sealed again is that tree, or the file is refused. The files are random documents and
 * edits of them, with a field of another version, planted syntax, a merge, moved ciphertexts, other line ends.
 */

export type LawFormat = Exclude<FormatName, "binary">;
export const LAW_FORMATS: readonly LawFormat[] = ["yaml", "json", "dotenv", "ini"];

export interface LawVerdict {
  /** `skipped`: the generated texts were no documents, or sops itself does not read the file. */
  readonly outcome: "held" | "refused" | "skipped" | "broken";
  readonly what: string;
}

const held: LawVerdict = { outcome: "held", what: "" };
const broken = (what: string, ...texts: (Uint8Array | string)[]): LawVerdict => ({
  outcome: "broken",
  what: [what, ...texts.map((t) => (typeof t === "string" ? t : new TextDecoder("latin1").decode(t)))].join(
    "\n---\n",
  ),
});

/** One random file, judged. The number makes it again. */
export async function judgeLaw(name: LawFormat, number: number, dir: string): Promise<LawVerdict> {
  const r = new Random(number);
  const format = await loadFormat(name);
  const versions = await sealedVersions(format, name, r, dir);
  if (versions === null) return { outcome: "skipped", what: "no documents" };
  const { text, what, ignoreMac } = disturb(name, versions, r);
  const world: World = { format, name, dir, file: join(dir, `${name}-${String(number)}.txt`), ignoreMac };
  const verdict = await judgeFile(world, text, r);
  return verdict.outcome === "broken" ? { ...verdict, what: `${what}: ${verdict.what}` } : verdict;
}

interface World {
  readonly format: Format;
  readonly name: LawFormat;
  readonly dir: string;
  readonly file: string;
  readonly ignoreMac: boolean;
}

async function judgeFile(world: World, sealed: Uint8Array, r: Random): Promise<LawVerdict> {
  const theirs = await sopsData(world, sealed);
  const ctx = await testContext();
  const formats = { input: world.format, output: world.format };
  const settings = { ignoreMac: world.ignoreMac };
  const text = await orError(() => decrypt(sealed, formats, settings, ctx));
  if (text instanceof SopsError) return { outcome: "refused", what: text.code };
  if (PLANTED.test(new TextDecoder().decode(text))) return broken("planted syntax was printed", sealed, text);
  if (theirs === null) return { outcome: "skipped", what: "sops does not read it" };
  const told = ctx.warnings.some((line) => line.includes("does not read back"));
  const read = told ? null : await dataOf(world.format, text);
  if (read !== null) {
    const difference = firstDifference(theirs, read, false);
    if (difference !== null && !difference.kindOnly)
      return broken(
        `the printed text reads as other data at ${JSON.stringify(difference.path)}`,
        sealed,
        text,
      );
  } else if (!told) return broken("the printed text does not parse", sealed, text);
  return (await judgeRotate(world, sealed, theirs)) ?? (await judgeSet(world, sealed, theirs, r)) ?? held;
}

async function judgeRotate(world: World, sealed: Uint8Array, wanted: Tree): Promise<LawVerdict | null> {
  const formats = { input: world.format, output: world.format };
  const work = async (): Promise<Uint8Array> =>
    rotate(sealed, formats, { add: [], remove: [] }, { ignoreMac: world.ignoreMac }, await testContext());
  return judgeAgain(world, sealed, "rotate", await orError(work), wanted);
}

async function judgeSet(world: World, sealed: Uint8Array, data: Tree, r: Random): Promise<LawVerdict | null> {
  const root = data.documents[0] ?? map([]);
  const path = somePath(root, r);
  if (path === null) return null;
  const formats = { input: world.format, output: world.format };
  const keys = path.map((key) => `[${JSON.stringify(key)}]`).join("");
  const work = async (): Promise<Uint8Array> => {
    const settings = { ignoreMac: world.ignoreMac };
    return (await set(sealed, formats, keys, '"new value"', settings, await testContext())).bytes;
  };
  const wanted = { documents: [setAt(root, path, str("new value"))] };
  return judgeAgain(world, sealed, `set ${keys}`, await orError(work), wanted);
}

/** What was sealed again is read by sops, with its MAC. A refusal leaves the file as it was. */
async function judgeAgain(
  world: World,
  before: Uint8Array,
  what: string,
  after: Uint8Array | SopsError,
  wanted: Tree,
): Promise<LawVerdict | null> {
  if (after instanceof SopsError)
    return after.code === "EMIT" && after.message.includes("not written")
      ? broken(`${what}: ${after.message}`, before)
      : null;
  const data = await sopsData({ ...world, ignoreMac: false }, after);
  if (data === null) return broken(`${what} made a file that sops does not open`, before, after);
  const difference = firstDifference(wanted, data, false);
  if (difference === null || difference.kindOnly) return null;
  return broken(`${what} changed the data at ${JSON.stringify(difference.path)}`, before, after);
}

/** A scalar below maps alone, each of whose keys is there once: a path that means the same in every format. */
function somePath(root: MapNode, r: Random): TreePath | null {
  const paths: string[][] = [];
  const collect = (node: MapNode, path: string[]): void => {
    for (const item of node.entries) {
      if (item.type !== "entry" || item.key === "" || /[^ -~]|unencrypted/.test(item.key)) continue;
      if (node.entries.filter((e) => e.type === "entry" && e.key === item.key).length > 1) continue;
      if (item.value.type === "map") collect(item.value, [...path, item.key]);
      else if (item.value.type === "leaf") paths.push([...path, item.key]);
    }
  };
  collect(root, []);
  return paths[r.int(paths.length)] ?? null;
}

/** What sops reads, as the tree of its JSON: the first document. Null: it refuses the file, or JSON cannot hold it. */
async function sopsData({ name, dir, file, ignoreMac }: World, sealed: Uint8Array): Promise<Tree | null> {
  await writeFile(file, sealed);
  const flags = ["--input-type", name, "--output-type", "json", ...(ignoreMac ? ["--ignore-mac"] : [])];
  const { code, stdout } = await runSops(["decrypt", ...flags, file], {
    cwd: dir,
    env: { SOPS_AGE_KEY: IDENTITY },
  });
  if (code !== 0) return null;
  return (await loadFormat("json")).parsePlain(stdout).tree;
}

/** What a text reads as, by way of JSON too, where some kinds are lost. Null: it does not parse. */
async function dataOf(format: Format, text: Uint8Array): Promise<Tree | null> {
  try {
    const json = await loadFormat("json");
    return json.parsePlain(json.emit(format.parsePlain(text).tree)).tree;
  } catch (error) {
    if (error instanceof SopsError) return null;
    throw error;
  }
}

export interface Versions {
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
}

/** A file in three versions that share a data key: the first, and two edits of it. Null: a text is no document. */
async function sealedVersions(
  format: Format,
  name: LawFormat,
  r: Random,
  dir: string,
): Promise<Versions | null> {
  const first = generate(name, r.int(2 ** 31));
  const base = r.chance(0.3) ? await sealedBySops(name, first, dir) : await sealed(format, first);
  if (base === null) return null;
  const edits = await Promise.all(
    [r.int(2 ** 31), r.int(2 ** 31)].map((seed) => edited(format, name, first, base, seed)),
  );
  const [ours = base, theirs = base] = edits;
  return { base: latin(base), ours: latin(ours), theirs: latin(theirs) };
}

const latin = (bytes: Uint8Array): string => fromUtf8(bytes);

async function edited(
  format: Format,
  name: LawFormat,
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

async function sealed(format: Format, plain: Uint8Array): Promise<Uint8Array | null> {
  const made = await orError(async () =>
    encrypt(plain, { input: format, output: format }, SETTINGS, await testContext()),
  );
  return made instanceof SopsError ? null : made;
}

async function sealedBySops(name: LawFormat, plain: Uint8Array, dir: string): Promise<Uint8Array | null> {
  const file = join(dir, `plain-${name}.txt`);
  await writeFile(file, plain);
  const types = ["--input-type", name, "--output-type", name];
  const { code, stdout } = await runSops(["encrypt", "--age", RECIPIENT, ...types, file], { cwd: dir });
  return code === 0 ? stdout : null;
}

async function orError(work: () => Promise<Uint8Array>): Promise<Uint8Array | SopsError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SopsError) return error;
    throw error;
  }
}
