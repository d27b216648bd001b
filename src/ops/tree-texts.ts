import { valToString } from "../core/number.ts";
import type { Comment, Node, Tree } from "../core/tree.ts";

/** Every value with its path, as text. Two trees of a flat format that print alike need not have the same. */
export function textsOf(tree: Tree): string {
  return JSON.stringify(tree.documents.flatMap((document) => textsBelow(document, [])));
}

function textsBelow(node: Node | Comment, path: readonly string[]): readonly unknown[] {
  if (node.type === "map")
    return node.entries.flatMap((e) => (e.type === "entry" ? textsBelow(e.value, [...path, e.key]) : []));
  if (node.type === "leaf") return [[...path, valToString(node.value)]];
  return node.type === "null" ? [[...path, valToString(null)]] : [];
}
