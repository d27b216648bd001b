import { commitTo } from "./commitment.ts";
import { keyed, type Unlocked } from "./document.ts";
import type { Edit, Format, SealedSource, SealedText, Site } from "../model/format.ts";
import type { SealedMemory } from "./ciphertext-reuse.ts";
import { writeMetadata } from "./metadata-write.ts";
import type { Extra } from "./presentation.ts";
import { readBack } from "./read-back.ts";
import { refuseBadPattern, sealExtra, stamp } from "./seal-document.ts";
import { sealTree } from "./seal.ts";
import type { Comment, MapItem, Node, Tree } from "../model/tree.ts";
import { equalNodes } from "../model/tree-equal.ts";
import { digestOfUnboundKeys } from "./key-names-digest.ts";

export interface ResealInput {
  readonly memory?: SealedMemory | undefined;
  /** The original text, where it is known, and its hints: both stay what they are. */
  readonly original?: { readonly plain: Uint8Array; readonly extra: Extra | null } | undefined;
}

/**
 * The sealed text with other ciphertexts in their places: nothing else of it changes but the block. `tree` is the opened
 * tree, or one of the same shape with other values. No plain text is made or read. Null: a ciphertext does not stand in
 * the text as it reads (an escape, a folded line), the shapes differ, or a clear value does.
 */
export function resealText(
  format: Format,
  source: SealedSource,
  tree: Tree,
  file: Unlocked,
  { memory, original }: ResealInput,
): Uint8Array | null {
  refuseBadPattern(file.selection);
  const { sites, mac } = sealTree(tree, keyed(file), memory);
  const edits = editsOf(source, tree, sites);
  if (edits === null) return null;
  const keys = digestOfUnboundKeys(tree, sites, file.runtime);
  const stamped = stamp(file, mac, original && commitTo(original.plain, file));
  const extra = original?.extra ?? null;
  const presentation = extra === null ? "" : sealExtra({ ...extra, keys }, file);
  const metadata = { ...stamped, presentation };
  const bytes = source.withBlock(writeMetadata(metadata), edits);
  readBack(bytes, format, { tree, sites, metadata, mayLoseComments: false });
  return bytes;
}

type Sites = ReadonlyMap<Site, SealedText>;
type Item = MapItem | Node;

function editsOf(source: SealedSource, tree: Tree, sites: Sites): Edit[] | null {
  const edits: Edit[] = [];
  const { documents } = source.tree;
  const same =
    documents.length === tree.documents.length &&
    documents.every((old, i) => pairAll(old.entries, tree.documents[i]?.entries ?? [], source, sites, edits));
  return same ? edits : null;
}

function pairAll(
  old: readonly Item[],
  made: readonly Item[],
  source: SealedSource,
  sites: Sites,
  edits: Edit[],
): boolean {
  return old.length === made.length && old.every((item, i) => pair(item, made[i], source, sites, edits));
}

function pair(old: Item, made: Item | undefined, source: SealedSource, sites: Sites, edits: Edit[]): boolean {
  if (made === undefined) return false;
  if (old.type === "entry")
    return made.type === "entry" && old.key === made.key && pair(old.value, made.value, source, sites, edits);
  if (old.type === "map")
    return made.type === "map" && pairAll(old.entries, made.entries, source, sites, edits);
  if (old.type === "list")
    return made.type === "list" && pairAll(old.items, made.items, source, sites, edits);
  if (old.type === "null") return made.type === "null";
  if (made.type !== "leaf" && made.type !== "comment") return false;
  const sealed = sites.get(made)?.text;
  if (sealed === undefined) return isClear(old) && equalNodes(old, made);
  const edit = editOf(source, old, sealed);
  if (edit === null) return false;
  if (edit !== undefined) edits.push(edit);
  return true;
}

/** Undefined: nothing changes here. Null: it cannot be done here. */
function editOf({ text = "" }: SealedSource, site: Node | Comment, sealed: string): Edit | null | undefined {
  const old = cipherTextOf(site);
  if (old === null || site.span === undefined) return null;
  if (old === sealed) return undefined;
  const start = text.indexOf(old, site.span.start);
  if (old === "" || start < 0 || start + old.length > site.span.end) return null;
  return { start, end: start + old.length, text: sealed };
}

function isClear(site: Node | Comment): boolean {
  return cipherTextOf(site)?.startsWith("ENC[") !== true;
}

/** In a block scalar line breaks follow, which are its own. */
function cipherTextOf(site: Node | Comment): string | null {
  if (site.type === "comment") return site.text;
  return site.type === "leaf" && site.value.kind === "str" ? site.value.value.trimEnd() : null;
}
