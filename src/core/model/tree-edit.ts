import { SopsError } from "../base/errors.ts";
import type { SealedText, Site } from "./format.ts";
import { formatTreePath } from "./path.ts";
import {
  type Comment,
  type Entry,
  entry,
  list,
  type ListNode,
  map,
  type MapItem,
  type MapNode,
  type Node,
  type Scalar,
  str,
  type Tree,
} from "./tree.ts";

/** A map key, or a list index from 0. Indices count comment elements, as SOPS counts them. */
export type PathPart = string | number;
export type TreePath = readonly PathPart[];

/** The node at `path` in one document, or undefined. */
export function getAt(root: MapNode, path: TreePath): Node | Comment | undefined {
  let node: Node | Comment | undefined = root;
  for (const part of path) node = node === undefined ? undefined : childOf(node, part);
  return node;
}

function childOf(node: Node | Comment, part: PathPart): Node | Comment | undefined {
  if (node.type === "map") return findEntry(node, part)?.value;
  if (node.type === "list" && typeof part === "number") return node.items[part];
  return undefined;
}

function findEntry(node: MapNode, part: PathPart): Entry | undefined {
  return node.entries.find((e): e is Entry => e.type === "entry" && e.key === part);
}

/**
 * The document with `value` at `path`, by the rules of `sops set` (command-line.md 5.4): parents are made, a scalar in the
 * way is replaced by a container, an index past the end appends once. Throws BAD_SET_VALUE for a key into a list.
 */
export function setAt(root: MapNode, path: TreePath, value: Node): MapNode {
  const set = setIn(root, path, 0, value);
  if (set.type === "map") return set;
  throw new SopsError("BAD_PATH", "the path does not lead into the document's top-level map");
}

function setIn(node: Node | Comment | undefined, path: TreePath, depth: number, value: Node): Node {
  const part = path[depth];
  if (part === undefined) return value;
  if (node?.type === "list") return setInList(node, path, depth, value);
  if (node?.type === "map") return setInMap(node, path, depth, value);
  const child = setIn(undefined, path, depth + 1, value);
  return typeof part === "string" ? map([entry(part, child)]) : list([child]);
}

function setInMap(node: MapNode, path: TreePath, depth: number, value: Node): MapNode {
  const part = path[depth];
  if (typeof part !== "string") throw mismatch(path, depth, "an index", "a map");
  const old = findEntry(node, part);
  const made = entry(part, setIn(old?.value, path, depth + 1, value));
  if (old === undefined) return map([...node.entries, made]);
  return map(node.entries.map((e) => (e === old ? made : e)));
}

function setInList(node: ListNode, path: TreePath, depth: number, value: Node): ListNode {
  const part = path[depth];
  if (typeof part !== "number") throw mismatch(path, depth, "a key", "a list");
  const made = setIn(node.items[part], path, depth + 1, value);
  if (part >= node.items.length) return list([...node.items, made]);
  return list(node.items.map((item, i) => (i === part ? made : item)));
}

function mismatch(path: TreePath, depth: number, what: string, where: string): SopsError {
  const parent = depth === 0 ? "the document" : formatTreePath(path.slice(0, depth));
  return new SopsError("BAD_SET_VALUE", `${parent} is ${where}, it cannot take ${what}`, {
    hint: 'keys are written ["key"], list indices [0]',
    place: { path: formatTreePath(path) },
  });
}

/** The document without the node at `path`. Throws PATH_NOT_FOUND. Empty containers stay. */
export function unsetAt(
  root: MapNode,
  path: TreePath,
  { commentsBehind = false }: { readonly commentsBehind?: boolean | undefined } = {},
): MapNode {
  const without = commentsBehind ? withoutEntryAndComments : withoutEntry;
  const left = unsetIn(root, path, 0, without);
  return left.type === "map" ? left : root;
}

type Without = (items: readonly MapItem[], old: Entry) => MapItem[];

const withoutEntry: Without = (items, old) => items.filter((item) => item !== old);

/** The comments that stand between the entry and the next one go with it. */
const withoutEntryAndComments: Without = (items, old) => {
  const at = items.indexOf(old);
  const next = items.findIndex((item, i) => i > at && item.type !== "comment");
  return [...items.slice(0, at), ...(next < 0 ? [] : items.slice(next))];
};

function unsetIn(node: Node | Comment | undefined, path: TreePath, depth: number, without: Without): Node {
  const part = path[depth];
  const last = depth === path.length - 1;
  if (node?.type === "map") {
    const old = part === undefined ? undefined : findEntry(node, part);
    if (old === undefined) throw notFound(path, depth);
    if (last) return map(without(node.entries, old));
    const made = entry(old.key, unsetIn(old.value, path, depth + 1, without));
    return map(node.entries.map((e) => (e === old ? made : e)));
  }
  if (node?.type === "list" && typeof part === "number" && part < node.items.length) {
    if (last) return list(node.items.filter((_, i) => i !== part));
    return list(node.items.map((item, i) => (i === part ? unsetIn(item, path, depth + 1, without) : item)));
  }
  throw notFound(path, depth);
}

export function notFound(path: TreePath, depth = path.length - 1): SopsError {
  return new SopsError("PATH_NOT_FOUND", `${formatTreePath(path.slice(0, depth + 1))} is not in the file`, {
    hint: "enc textconv FILE shows the keys that are there",
    place: { path: formatTreePath(path) },
  });
}

/**
 * The tree with each site's text or value in its place: ENC texts on sealing, plain values on opening. A string stands
 * for a comment's text. As in SOPS, a comment that was decrypted is no longer inline, and a list element whose text
 * is a sealed comment is a comment again.
 */
export function replaceSites(tree: Tree, sites: ReadonlyMap<Site, SealedText | Scalar | string>): Tree {
  if (sites.size === 0) return tree;
  return { documents: tree.documents.map((d) => replaceInMap(d, sites)) };
}

type Sites = ReadonlyMap<Site, SealedText | Scalar | string>;

function replaceInMap(node: MapNode, sites: Sites): MapNode {
  return map(node.entries.map((e) => replaceItem(e, sites)));
}

function replaceItem(item: MapItem, sites: Sites): MapItem {
  if (item.type === "comment") return replaceComment(item, sites);
  return entry(item.key, replaceNode(item.value, sites));
}

function replaceNode(node: Node | Comment, sites: Sites): Node | Comment {
  if (node.type === "map") return replaceInMap(node, sites);
  if (node.type === "list") return list(node.items.map((item) => replaceNode(item, sites)));
  if (node.type === "null") return node;
  if (node.type === "comment") return replaceElement(node, sites);
  const made = sites.get(node);
  if (made === undefined) return node;
  if (typeof made === "string") return { type: "comment", text: made, inline: false };
  return "kind" in made ? { type: "leaf", value: made } : str(made.text);
}

/** A sealed comment that is a list element (or a map value) is an ordinary string in SOPS' files (traps.md 2). */
function replaceElement(comment: Comment, sites: Sites): Node | Comment {
  const made = sites.get(comment);
  return typeof made === "object" && "text" in made ? str(made.text) : replaceComment(comment, sites);
}

function replaceComment(comment: Comment, sites: Sites): Comment {
  const made = sites.get(comment);
  if (made === undefined) return comment;
  if (typeof made === "string") return { type: "comment", text: made, inline: false };
  return "text" in made ? { ...comment, text: made.text } : comment;
}
