import { equalBytes } from "../base/bytes.ts";
import type { Comment, MapItem, MapNode, Node, Scalar, Tree } from "./tree.ts";

/** Same kind and same value; -0 differs from 0, NaN equals NaN. */
export function equalScalars(a: Scalar, b: Scalar): boolean {
  if (a.kind === "bytes" && b.kind === "bytes") return equalBytes(a.value, b.value);
  return a.kind === b.kind && Object.is(a.value, b.value);
}

/** Same data in the same order, comments included; spans and the inline flag do not count. */
export function equalNodes(a: Node | Comment, b: Node | Comment): boolean {
  if (a.type === "leaf" && b.type === "leaf") return equalScalars(a.value, b.value);
  if (a.type === "map" && b.type === "map") return equalMaps(a, b);
  if (a.type === "list" && b.type === "list") return everyPair(a.items, b.items, equalNodes);
  if (a.type === "comment" && b.type === "comment") return a.text === b.text;
  return a.type === "null" && b.type === "null";
}

function equalMaps(a: MapNode, b: MapNode): boolean {
  return everyPair(a.entries, b.entries, equalItems);
}

function equalItems(a: MapItem, b: MapItem): boolean {
  if (a.type === "comment" || b.type === "comment") return a.type === b.type && equalComments(a, b);
  return a.key === b.key && equalNodes(a.value, b.value);
}

function equalComments(a: MapItem, b: MapItem): boolean {
  return a.type === "comment" && b.type === "comment" && a.text === b.text;
}

export function equalTrees(a: Tree, b: Tree): boolean {
  return everyPair(a.documents, b.documents, equalMaps);
}

function everyPair<T>(a: readonly T[], b: readonly T[], equal: (x: T, y: T) => boolean): boolean {
  return a.length === b.length && a.every((x, i) => i < b.length && equal(x, b[i] as T));
}
