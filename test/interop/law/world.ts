import { writeFile } from "node:fs/promises";
import { SopsError } from "../../../src/core/base/errors.ts";
import type { Format, FormatName } from "../../../src/core/model/format.ts";
import { firstDifference } from "../../../src/core/model/tree-data.ts";
import { map, type Tree } from "../../../src/core/model/tree.ts";
import { loadFormat } from "../../../src/formats/index.ts";
import { IDENTITY } from "../../support/context.ts";
import type { Random } from "../../support/generate/random.ts";
import { runSops } from "../../support/real-sops.ts";

export type LawFormat = Exclude<FormatName, "binary">;
export const LAW_FORMATS: readonly LawFormat[] = ["yaml", "json", "dotenv", "ini"];

export interface LawVerdict {
  /** `skipped`: the generated texts were no documents, or sops itself does not read the file. */
  readonly outcome: "held" | "refused" | "skipped" | "broken";
  /** The refusal, or all that is needed to see what broke. */
  readonly what: string;
}

/** A sealed file, and what it is judged by. */
export interface World {
  readonly format: Format;
  readonly name: LawFormat;
  readonly dir: string;
  /** Where the sealed file stands for sops to read; written anew by whoever runs it. */
  readonly file: string;
  readonly ignoreMac: boolean;
  readonly r: Random;
}

/** A sealed file that sops opens, the data that it reads, and the text that its first version was sealed from. */
export interface Judged {
  readonly world: World;
  readonly sealed: Uint8Array;
  readonly plain: Uint8Array;
  readonly data: Tree;
}

export const held: LawVerdict = { outcome: "held", what: "" };
export const skipped = (what: string): LawVerdict => ({ outcome: "skipped", what });
export const refused = ({ code, message }: SopsError, note = ""): LawVerdict => ({
  outcome: "refused",
  what: `${code}: ${message}${note}`,
});
export const broken = (what: string, ...texts: (Uint8Array | string)[]): LawVerdict => ({
  outcome: "broken",
  what: [what, ...texts.map((t) => (typeof t === "string" ? t : new TextDecoder("latin1").decode(t)))].join(
    "\n---\n",
  ),
});

export async function orError<T>(work: () => Promise<T>): Promise<T | SopsError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SopsError) return error;
    throw error;
  }
}

/** What sops answers for a sealed file, on stdout or, in commands that change it, as the new file. Null: it refuses. */
export async function askSops(
  { dir, file, name, ignoreMac }: World,
  sealed: Uint8Array,
  [command, ...args]: readonly [string, ...string[]],
  operands: readonly string[] = [],
): Promise<Uint8Array | null> {
  await writeFile(file, sealed);
  const output = args.includes("--output-type") ? [] : ["--output-type", name];
  const flags = ["--input-type", name, ...output, ...(ignoreMac ? ["--ignore-mac"] : []), ...args];
  const { code, stdout } = await runSops([command, ...flags, file, ...operands], {
    cwd: dir,
    env: { SOPS_AGE_KEY: IDENTITY },
  });
  return code === 0 ? stdout : null;
}

/**
 * What sops reads, as the tree of its JSON; of several documents, which JSON cannot hold, by way of sops' YAML.
 * Null: it refuses the file, JSON cannot hold it, or sops' YAML is none.
 */
export async function sopsData(world: World, sealed: Uint8Array): Promise<Tree | null> {
  const printed = await askSops(world, sealed, ["decrypt", "--output-type", "json"]);
  if (printed === null) return null;
  const { tree } = (await loadFormat("json")).parsePlain(printed);
  if (world.name !== "yaml" || !/^---/m.test(new TextDecoder().decode(sealed))) return tree;
  const all = await askSops(world, sealed, ["decrypt", "--output-type", "yaml"]);
  const read = all === null ? null : await dataOf(world.format, all);
  return read === null ? null : { documents: [...tree.documents, ...read.documents.slice(1)] };
}

/** What a text reads as; the first document by way of JSON too, where some kinds are lost. Null: it does not parse. */
export async function dataOf(format: Format, text: Uint8Array): Promise<Tree | null> {
  const json = await loadFormat("json");
  const read = await orError(() =>
    Promise.resolve().then(() => {
      const [first = map([]), ...others] = format.parsePlain(text).tree.documents;
      return { documents: [...json.parsePlain(json.emit({ documents: [first] })).tree.documents, ...others] };
    }),
  );
  return read instanceof SopsError ? null : read;
}

/** Where two trees hold other data, as text; null where they do not. The kind of a number may differ: SOPS prints 2.0 as 2. */
export function differenceAt(meant: Tree, read: Tree, flat = false): string | null {
  const [there, back] = [firstDifference(meant, read, flat), firstDifference(read, meant, flat)];
  if (there === null || there.kindOnly || back === null || back.kindOnly) return null;
  return JSON.stringify(there.path);
}

/** A file that was sealed again, judged by what sops reads from it, with its MAC. A refusal leaves it as it was. */
export async function judgeSealed(
  { world, sealed }: Judged,
  what: string,
  after: Uint8Array | SopsError,
  wanted: Tree,
  flat = world.format.flat === true,
): Promise<LawVerdict> {
  if (after instanceof SopsError)
    return isDefect(after)
      ? broken(`${what}: ${after.message} ${after.place?.path ?? ""}`, sealed)
      : refused(after);
  const data = await sopsData({ ...world, ignoreMac: false }, after);
  if (data === null) return broken(`${what} made a file that sops does not open`, sealed, after);
  const at = differenceAt(wanted, data, flat);
  return at === null ? held : broken(`${what} changed the data at ${at}`, sealed, after);
}

/** What was read back from a text of ours was not what it was meant to be. */
function isDefect(error: SopsError): boolean {
  return error.code === "EMIT" && error.message.includes("not written");
}
