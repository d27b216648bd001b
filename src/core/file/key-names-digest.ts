import { toHex, utf8 } from "../base/bytes.ts";
import type { Site } from "../model/format.ts";
import type { Runtime } from "../ports/runtime.ts";
import type { Comment, Entry, MapNode, Node, Tree } from "../model/tree.ts";

/** Hex digits of the digest: 128 bits. */
const DIGEST_DIGITS = 32;

/**
 * SOPS binds a key only through the AAD of the encrypted values below it. Keys over clear values, nulls, empty strings
 * and empty containers are bound by nothing: renaming one passes its MAC. This digest, kept in `enc_presentation`,
 * binds them too. Empty where every key has an encrypted value below it.
 */
export function digestOfUnboundKeys(
  tree: Tree,
  sealed: ReadonlyMap<Site, unknown>,
  runtime: Runtime,
): string {
  const unbound: string[] = [];
  for (const document of tree.documents) collectMap(document, "", sealed, unbound);
  if (unbound.length === 0) return "";
  const hash = runtime.sha512();
  hash.update(utf8(JSON.stringify(unbound)));
  return toHex(hash.digest()).slice(0, DIGEST_DIGITS);
}

/** Adds the keys of this map that nothing below them binds. Answers whether anything in it is sealed. */
function collectMap(
  node: MapNode,
  path: string,
  sealed: ReadonlyMap<Site, unknown>,
  unbound: string[],
): boolean {
  let bound = false;
  for (const item of node.entries)
    if (item.type === "entry" && collectEntry(item, path, sealed, unbound)) bound = true;
  return bound;
}

function collectEntry(
  item: Entry,
  path: string,
  sealed: ReadonlyMap<Site, unknown>,
  unbound: string[],
): boolean {
  const inside = `${path}${item.key}:`;
  const at = unbound.length;
  if (collectNode(item.value, inside, sealed, unbound)) return true;
  unbound.splice(at, 0, `${inside}${item.value.type}`);
  return false;
}

function collectNode(
  node: Node | Comment,
  path: string,
  sealed: ReadonlyMap<Site, unknown>,
  unbound: string[],
): boolean {
  if (node.type === "map") return collectMap(node, path, sealed, unbound);
  if (node.type === "list")
    return node.items.reduce((bound, item) => collectNode(item, path, sealed, unbound) || bound, false);
  return node.type === "leaf" && sealed.has(node);
}
