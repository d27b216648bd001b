import { equalBytes } from "../core/bytes.ts";
import type { OpenedDocument } from "../core/document.ts";
import { SopsError } from "../core/errors.ts";
import type { Format, FormatName, PlainSource } from "../core/format.ts";
import { formatTreePath, parseTreePath } from "../core/path.ts";
import { equalNodes, equalTrees } from "../core/tree-equal.ts";
import { getAt, setAt, type TreePath, unsetAt } from "../core/tree-edit.ts";
import { map, type MapNode, type Node, type Tree } from "../core/tree.ts";
import { refuseUnclearPath } from "../core/unclear-path.ts";
import { loadFormat } from "../formats/index.ts";
import { type Formats, type OpenSettings, type OpsContext, warn } from "./context.ts";
import { sealPlain } from "./encrypt.ts";
import { guardDepth, openFile, type OpenedFile } from "./open.ts";
import { lostText, refuseLoss, refuseSwapped } from "./set-loss.ts";
import { parseChanged, refuseIntoBinary, refuseMovedMark, refuseReservedKey } from "./set-refuse.ts";
import { parseSetValue } from "./set-value.ts";
import { textsOf } from "./tree-texts.ts";

export interface ChangeSettings extends OpenSettings {
  /** Nothing to change: answer `changed: false` and the same bytes, instead of a new MAC (or an error for unset). */
  readonly idempotent?: boolean | undefined;
}

export interface Changed {
  readonly bytes: Uint8Array;
  readonly changed: boolean;
}

/** What a change does to the tree, and how to splice it into the text. */
interface Change {
  readonly path: TreePath;
  readonly onTree: (root: MapNode) => MapNode;
  readonly onText: (source: PlainSource) => Uint8Array | null;
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
  const value = parseSetValue(jsonValue, await loadFormat("json"));
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
  const [at, made] = shallowest(root, parts, value);
  const bytes = await apply(opened, formats, ctx, {
    path: parts,
    onTree: (r) => setAt(r, parts, value),
    onText: (source) => source.set?.(at, made) ?? null,
  });
  return { bytes, changed: !same };
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
    onTree: (r) => unsetAt(r, parts, formats.input),
    onText: (source) => source.unset?.(parts) ?? null,
  });
  return { bytes, changed: true };
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

async function apply(
  { document, file }: OpenedFile,
  formats: Formats,
  ctx: OpsContext,
  change: Change,
): Promise<Uint8Array> {
  const format = formats.input;
  const plain = guardDepth(() => changedText(format, document, change, formats.indent));
  const source = guardDepth(() => parseChanged(format, plain, change.path));
  await ctx.audit?.("encrypt");
  return guardDepth(() => sealPlain(source, file, plain, formats, { memory: document.memory }));
}

/** The text with the change spliced in; where that does not give the wanted tree, canonical text of the wanted tree. */
function changedText(
  format: Format,
  document: OpenedDocument,
  change: Change,
  indent: number | undefined,
): Uint8Array {
  const source = format.parsePlain(document.text({ indent }));
  const [root, ...others] = source.tree.documents;
  const wanted: Tree = { documents: [change.onTree(root ?? map([])), ...others] };
  const spliced = change.onText(source);
  if (spliced !== null && givesTree(format, spliced, wanted)) return spliced;
  const printed = format.emit(wanted, { indent });
  if (givesTree(format, printed, wanted)) return printed;
  if (!allText.has(format.name)) {
    const typed = format.emit(wanted, { indent, typedNumbers: true });
    return givesTree(format, typed, wanted) ? typed : printed;
  }
  throw new SopsError("BAD_SET_VALUE", `a ${format.name} file has no spelling for the value`, {
    hint: "its text would read back as something else: choose yaml or json, or set it base64-encoded",
    place: { path: formatTreePath(change.path) },
  });
}

/** Formats in which every value is read as a string: there a set number is told from its text only. */
const allText: ReadonlySet<FormatName> = new Set(["dotenv", "ini"]);

function givesTree(format: Format, text: Uint8Array, wanted: Tree): boolean {
  try {
    const { tree } = format.parsePlain(text);
    if (equalTrees(tree, wanted)) return true;
    return (
      allText.has(format.name) &&
      equalBytes(format.emit(tree), format.emit(wanted)) &&
      textsOf(tree) === textsOf(wanted)
    );
  } catch (error) {
    if (error instanceof SopsError) return false;
    throw error;
  }
}
