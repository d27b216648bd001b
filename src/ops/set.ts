import { exactText } from "../core/file/canonical.ts";
import { SopsError } from "../core/base/errors.ts";
import type { Format, PlainSource } from "../core/model/format.ts";
import type { OpenedDocument } from "../core/file/open-document.ts";
import { parseTreePath } from "../core/model/path.ts";
import { pathIn } from "../core/model/place-in.ts";
import { ReadBackError } from "../core/file/read-back.ts";
import { resealText } from "../core/file/reseal.ts";
import { sealPrinted } from "../core/file/seal-document.ts";
import type { Selector } from "../core/model/selection.ts";
import { firstDifference } from "../core/model/tree-data.ts";
import { equalNodes, equalTrees } from "../core/model/tree-equal.ts";
import { getAt, setAt, type TreePath, unsetAt } from "../core/model/tree-edit.ts";
import { map, type MapNode, type Node, type Tree } from "../core/model/tree.ts";
import { refuseUnclearPath } from "../core/model/unclear-path.ts";
import { loadFormat } from "../formats/index.ts";
import { type Formats, type OpenSettings, type OpsContext, warn } from "./context.ts";
import { sealPlain } from "./encrypt.ts";
import { guardDepth, openFile, type OpenedFile, tellLostLayout } from "./open.ts";
import { lostText, refuseLoss, refuseSwapped } from "./set-loss.ts";
import {
  cannotStand,
  parseChanged,
  refuseIntoBinary,
  refuseMovedMark,
  refuseReservedKey,
} from "./set-refuse.ts";
import { parseSetValue } from "./set-value.ts";

export interface ChangeSettings extends OpenSettings {
  /** Nothing to change: answer `changed: false` and the same bytes, instead of a new MAC (or an error for unset). */
  readonly idempotent?: boolean | undefined;
}

export interface Changed {
  readonly bytes: Uint8Array;
  readonly changed: boolean;
  /** Of the file; undefined: it names none. */
  readonly selector?: Selector | undefined;
}

/** What a change does to a tree, and how to splice it into a text; the path is that of this very tree or text. */
interface Change {
  /** In the opened tree, whose list positions are those of SOPS. */
  readonly path: TreePath;
  readonly onTree: (root: MapNode, path: TreePath) => MapNode;
  readonly onText: (source: PlainSource, path: TreePath) => Uint8Array | null;
}

/** Sets one value (JSON text) at a tree path of the first document. Every other line stays as it is. */
export async function set(
  sealed: Uint8Array,
  formats: Formats,
  path: string,
  jsonValue: string,
  settings: ChangeSettings,
  ctx: OpsContext,
): Promise<Changed> {
  // The value first: in the place of the path it is a secret, which the error about a path would show.
  const value = parseSetValue(jsonValue, await loadFormat("json"), formats.input);
  refuseSwapped(path, jsonValue);
  const parts = nonEmpty(parseTreePath(path));
  const opened = await openFile(sealed, formats.input, settings, ctx, true);
  refuseReservedKey(parts, formats);
  refuseIntoBinary(parts, formats);
  const root = firstDocument(opened.document);
  refuseUnclearPath(root, parts, path);
  refuseLoss(root, parts, value);
  const old = getAt(root, parts);
  const same = old !== undefined && equalNodes(old, value);
  if (same && settings.idempotent === true) return { bytes: sealed, changed: false };
  for (const note of lostText(old, value, parts)) warn(ctx, note);
  const bytes = await applySet(opened, formats, ctx, {
    path: parts,
    onTree: (r, path) => setAt(r, path, value),
    onText(source, path) {
      const [at, made] = shallowest(source.tree.documents[0] ?? map([]), path, value);
      return source.set?.(at, made) ?? null;
    },
  });
  return { bytes, changed: !same, selector: opened.file.metadata.selector };
}

/**
 * Removes a key or a list element of the first document. Throws PATH_NOT_FOUND, ENCRYPT_VALUE; with `idempotent` only where the path
 * could not stand there at all, below a scalar or by a name in a list: SOPS refuses that likewise.
 */
export async function unset(
  sealed: Uint8Array,
  formats: Formats,
  path: string,
  settings: ChangeSettings,
  ctx: OpsContext,
): Promise<Changed> {
  const parts = nonEmpty(parseTreePath(path));
  const opened = await openFile(sealed, formats.input, settings, ctx, true);
  const root = firstDocument(opened.document);
  refuseUnclearPath(root, parts, path);
  const missing = getAt(root, parts) === undefined && !isBlocked(root, parts);
  if (missing && settings.idempotent === true) return { bytes: sealed, changed: false };
  refuseMovedMark(root, unsetAt(root, parts, formats.input), opened.file.selection);
  const bytes = await apply(opened, formats, ctx, {
    path: parts,
    onTree: (r, path) => unsetAt(r, path, formats.input),
    onText: (source, path) => source.unset?.(path) ?? null,
  });
  return { bytes, changed: true, selector: opened.file.metadata.selector };
}

/** Is there something on the way that can have no such part: a scalar, or a list where the path has a name? */
function isBlocked(root: MapNode, path: TreePath): boolean {
  return path.some((part, depth) => {
    const parent = getAt(root, path.slice(0, depth));
    if (parent === undefined || parent.type === "map") return false;
    return parent.type !== "list" || typeof part !== "number";
  });
}

function nonEmpty(path: TreePath): TreePath {
  if (path.length > 0) return path;
  throw new SopsError("BAD_PATH", "the path is empty", {
    hint: `name a key, for example '["database"]["password"]'`,
  });
}

function firstDocument(document: OpenedDocument): MapNode {
  return document.tree.documents[0] ?? map([]);
}

/** The path to the first node that is missing or in the way, and all that has to stand there. */
function shallowest(root: MapNode, path: TreePath, value: Node): [TreePath, Node] {
  for (let depth = 1; depth < path.length; depth++) {
    const parent = getAt(root, path.slice(0, depth));
    if (parent?.type === "map" || parent?.type === "list") continue;
    const wrapped = setAt(map([]), ["wrap", ...path.slice(depth)], value);
    const made = getAt(wrapped, ["wrap"]);
    if (made !== undefined && made.type !== "comment") return [path.slice(0, depth), made];
  }
  return [path, value];
}

/** What cannot be written is the fault of the new value. */
async function applySet(...[opened, formats, ctx, change]: Parameters<typeof apply>): Promise<Uint8Array> {
  try {
    return await apply(opened, formats, ctx, change);
  } catch (error) {
    if (!(error instanceof ReadBackError)) throw error;
    throw cannotStand(formats.output, change.path, error);
  }
}

async function apply(
  opened: OpenedFile,
  formats: Formats,
  ctx: OpsContext,
  change: Change,
): Promise<Uint8Array> {
  await ctx.audit?.("encrypt");
  tellLostLayout(opened, ctx, formats.indent);
  return guardDepth(() => changed(opened, formats, change));
}

/**
 * The file with the change, by the first of these ways that is open: spliced into its plain text, where that is known or
 * can be printed exactly; one ciphertext in the place of another, where nothing else moves; printed anew from the tree,
 * as SOPS does.
 */
function changed(opened: OpenedFile, formats: Formats, change: Change): Uint8Array {
  const { source, file, document } = opened;
  const { input, output, indent } = formats;
  const { memory } = document;
  const wanted = changedTree(document.tree, (root) => change.onTree(root, change.path));
  const original = document.original({ indent });
  if (original === null && input === output) {
    const resealed = resealText(input, source, wanted, file, { memory: memory?.copy() });
    if (resealed !== null) return resealed;
  }
  const text = original ?? exactText(input, document.tree, { indent })?.bytes;
  const plain = text === undefined ? null : changedText(text, opened, formats, change);
  if (plain !== null) return sealPlain(parseChanged(input, plain, change.path), file, plain, formats, memory);
  return sealPrinted(output, wanted, file, { memory, indent, converted: input !== output });
}

function changedTree({ documents: [root, ...others] }: Tree, change: (root: MapNode) => MapNode): Tree {
  return { documents: [change(root ?? map([])), ...others] };
}

/** The text with the change spliced in, or printed anew from its own tree; null where neither reads as it should. */
function changedText(
  text: Uint8Array,
  { document }: OpenedFile,
  { input, indent }: Formats,
  change: Change,
): Uint8Array | null {
  const source = input.parsePlain(text);
  const root = source.tree.documents[0] ?? map([]);
  const path = pathIn(root, change.path, firstDocument(document));
  if (path === null) return null;
  const wanted = changedTree(source.tree, (r) => change.onTree(r, path));
  const spliced = change.onText(source, path);
  if (spliced !== null && givesTree(input, spliced, wanted)) return spliced;
  return exactText(input, wanted, { indent })?.bytes ?? null;
}

/** Of a flat format, where every value is read as a string, the text of each has to be right. */
function givesTree(format: Format, text: Uint8Array, wanted: Tree): boolean {
  try {
    const { tree } = format.parsePlain(text);
    return (
      equalTrees(tree, wanted) ||
      (format.flat === true && firstDifference(wanted, tree, true)?.kindOnly === true)
    );
  } catch (error) {
    if (error instanceof SopsError) return false;
    throw error;
  }
}
