import { SopsError } from "../core/base/errors.ts";
import type { Format } from "../core/model/format.ts";
import { formatTreePath } from "../core/model/path.ts";
import { SELECT_ALL } from "../core/model/selection.ts";
import { equalTrees } from "../core/model/tree-equal.ts";
import type { Tree } from "../core/model/tree.ts";
import { walk } from "../core/model/walk.ts";
import { sealedFormatOf } from "../formats/detect.ts";
import { loadFormat } from "../formats/index.ts";
import type { OpenSettings, OpsContext } from "./context.ts";
import { jsonData, sameJson } from "./json-data.ts";
import { takenOutOf } from "./keepers.ts";
import { guardDepth, openFile, readSealedMetadata } from "./open.ts";

/** So many key paths are named in one line. */
const MOST_NAMED = 3;

/** A sealed file, and what kind it is. */
interface Sealed {
  readonly bytes: Uint8Array;
  readonly format: Format;
}

/**
 * What is lost where a plain text is sealed into a file that holds an encrypted one. Nobody can tell other secrets from
 * an earlier version of these ones for sure: mostly there is no key at hand to open them. But their names are there to be
 * read. Throws CANNOT_WRITE where none of them is in the new file; else answers lines for the user. The providers must be
 * loaded.
 */
export async function replacing(
  existing: Uint8Array,
  sealed: Uint8Array,
  ctx: OpsContext,
): Promise<readonly string[]> {
  const [old, fresh] = [await asSealed(existing), await asSealed(sealed)];
  if (old === null || fresh === null) return [];
  try {
    return [...lostKeyPaths(old, fresh), ...lostRecipients(old, fresh, ctx)];
  } catch (error) {
    // What cannot be read has nothing to tell: a file that git could not merge is made anew in this way.
    if (error instanceof SopsError && error.code !== "CANNOT_WRITE") return [];
    throw error;
  }
}

async function asSealed(bytes: Uint8Array): Promise<Sealed | null> {
  const kind = sealedFormatOf(bytes);
  return kind === undefined ? null : { bytes, format: await loadFormat(kind) };
}

function lostKeyPaths(old: Sealed, fresh: Sealed): readonly string[] {
  const [before, after] = [keysOf(old), keysOf(fresh)];
  if (before.names.size > 0 && ![...before.names].some((name) => after.names.has(name)))
    throw otherSecrets("has none of the keys of the new one");
  const lost = [...before.paths].flatMap(([path, shown]) => (after.paths.has(path) ? [] : [shown]));
  if (lost.length === 0) return [];
  const left = lost.length - MOST_NAMED;
  const named = `${lost.slice(0, MOST_NAMED).join(", ")}${left > 0 ? ` and ${String(left)} more` : ""}`;
  return [`the file that is replaced held ${named}, and the new one does not`];
}

interface Keys {
  readonly names: Set<string>;
  /** Where values stand, list positions left out, with the place to show. */
  readonly paths: Map<string, string>;
}

function keysOf({ bytes, format }: Sealed): Keys {
  const keys: Keys = { names: new Set(), paths: new Map() };
  const tree: Tree = guardDepth(() => format.parseSealed(bytes).tree);
  walk(tree, SELECT_ALL, {
    leaf(_, visit) {
      if (keys.paths.has(visit.aad)) return;
      const where = visit.where();
      for (const part of where) if (typeof part === "string") keys.names.add(part);
      keys.paths.set(visit.aad, formatTreePath(where));
    },
    comment: () => undefined,
  });
  return keys;
}

function lostRecipients(old: Sealed, fresh: Sealed, ctx: OpsContext): readonly string[] {
  const [before, after] = [old, fresh].map(({ bytes, format }) =>
    readSealedMetadata(format.parseSealed(bytes)).groups.map(({ keys }) => keys),
  );
  const gone = takenOutOf(before ?? [], after ?? [], ctx);
  return gone.length === 0
    ? []
    : [`the file that is replaced opened with ${gone.join(", ")}, and the new one does not`];
}

/** The world of a command, and the one for the file that stands at its target, in which nobody is asked. */
interface Worlds {
  readonly ctx: OpsContext;
  readonly quiet: OpsContext;
}

/**
 * `rotate` and the like change no value: a file that holds others is no earlier work of theirs. Throws CANNOT_WRITE for one
 * that does not open to the values of `sealed`, or does not open at all. Where `sealed` does not open, the command will say why.
 */
export async function refuseOtherValues(
  existing: Uint8Array,
  sealed: Sealed,
  settings: OpenSettings,
  { ctx, quiet }: Worlds,
): Promise<void> {
  const silent = { ...ctx, audit: undefined, recovered: undefined, warn: () => undefined };
  const old = await asSealed(existing);
  if (old !== null && haveSameCiphertext(old, sealed)) return;
  const wanted = await treeOf(sealed, settings, silent);
  if (wanted === null) return;
  const found = old && (await treeOf(old, settings, quiet));
  if (found === null || !(await isSameData(found, wanted)))
    throw otherSecrets("does not open to the same values");
}

/** A file that came of `groups`, which those who made it could perhaps not open alone. */
function haveSameCiphertext(old: Sealed, sealed: Sealed): boolean {
  try {
    const tree = ({ bytes, format }: Sealed): Tree => format.parseSealed(bytes).tree;
    return guardDepth(() => equalTrees(tree(old), tree(sealed)));
  } catch (error) {
    if (error instanceof SopsError) return false;
    throw error;
  }
}

async function isSameData(a: Tree, b: Tree): Promise<boolean> {
  if (equalTrees(a, b)) return true;
  try {
    return sameJson(await jsonData(a), await jsonData(b));
  } catch (error) {
    if (error instanceof SopsError) return false;
    throw error;
  }
}

/** Null: it does not open. */
async function treeOf(
  { bytes, format }: Sealed,
  settings: OpenSettings,
  ctx: OpsContext,
): Promise<Tree | null> {
  try {
    return (await openFile(bytes, format, settings, ctx)).document.tree;
  } catch (error) {
    if (error instanceof SopsError && error.code !== "AUDIT_FAILED" && error.code !== "CANCELLED")
      return null;
    throw error;
  }
}

function otherSecrets(why: string): SopsError {
  return new SopsError("CANNOT_WRITE", `the file is encrypted, and ${why}: other secrets would be lost`, {
    hint: "is it the right name? If so, remove the file first",
  });
}
