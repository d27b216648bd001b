import { SopsError } from "../base/errors.ts";
import { formatFloatF } from "../model/number.ts";
import type { Comment, MapNode, Node } from "../model/tree.ts";

/**
 * The weak typing with which SOPS reads a metadata block: text for numbers, numbers for text, one map for a list, null
 * for nothing (format.md 5.2; the rules are those of Go's mapstructure). All functions throw BAD_METADATA.
 */
export type Value = Node | Comment | undefined;

/** Values by field name. Names match in any case; the exact case wins, then the first that stands in the block. */
export type Fields = (name: string) => Value;

export function fieldsOfMap(node: MapNode): Fields {
  const exact = new Map<string, Value>();
  const folded = new Map<string, Value>();
  for (const item of node.entries) {
    if (item.type === "comment") continue;
    exact.set(item.key, item.value);
    const name = item.key.toLowerCase();
    if (!folded.has(name)) folded.set(name, item.value);
  }
  return (name) => exact.get(name) ?? folded.get(name);
}

/** A list's items without its comments; anything else stands for a list of one, an empty map for an empty list. */
export function weakList(node: Value): readonly Node[] {
  if (node === undefined || node.type === "null" || node.type === "comment") return [];
  if (node.type === "list") return node.items.filter((item) => item.type !== "comment");
  return node.type === "map" && node.entries.length === 0 ? [] : [node];
}

const NOTHING: MapNode = { type: "map", entries: [] };

export function weakMap(node: Node, name: string): MapNode {
  if (node.type === "null") return NOTHING;
  if (node.type === "map") return node;
  throw badMetadata(`${name} of the metadata holds something that is not a map`);
}

/** A map of texts; a list of such maps is merged, the last wins. */
export function weakTexts(node: Value, name: string): Readonly<Record<string, string>> {
  if (node === undefined || node.type === "null") return {};
  const maps =
    node.type === "list" ? weakList(node).map((item) => weakMap(item, name)) : [weakMap(asNode(node), name)];
  const texts = new Map<string, string>();
  for (const { entries } of maps)
    for (const item of entries) if (item.type === "entry") texts.set(item.key, weakText(item.value, name));
  return Object.fromEntries(texts);
}

function asNode(node: Node | Comment): Node {
  return node.type === "comment" ? { type: "null" } : node;
}

export function weakText(node: Value, name: string): string {
  if (node === undefined || node.type === "null" || node.type === "comment") return "";
  if (node.type !== "leaf" || node.value.kind === "bytes")
    throw badMetadata(`${name} of the metadata is not text`);
  const { value } = node;
  if (value.kind === "bool") return value.value ? "1" : "0";
  return value.kind === "float" ? formatFloatF(value.value) : String(value.value);
}

const FALSE_TEXTS = new Set(["", "0", "f", "F", "false", "False", "FALSE"]);
const TRUE_TEXTS = new Set(["1", "t", "T", "true", "True", "TRUE"]);

export function weakFlag(node: Value, name: string): boolean {
  if (node?.type === "leaf") {
    if (node.value.kind === "bool") return node.value.value;
    if (node.value.kind === "int" || node.value.kind === "float") return Number(node.value.value) !== 0;
  }
  const text = weakText(node, name);
  if (TRUE_TEXTS.has(text)) return true;
  if (FALSE_TEXTS.has(text)) return false;
  throw badMetadata(`${name} of the metadata is neither true nor false`);
}

/** An integer as Go reads it with base 0: `0x`, `0b`, `0o` and a leading zero name a base, `_` may part digits. */
const INTEGER =
  /^[+-]?(?:0[xX](?:_?[\da-fA-F])+|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0(?:_?[0-7])*|[1-9](?:_?\d)*)$/;

export function weakInteger(node: Value, name: string): number {
  if (node?.type === "leaf" && node.value.kind === "float") return Math.trunc(node.value.value);
  const text = weakText(node, name);
  if (text === "") return 0;
  if (!INTEGER.test(text)) throw badMetadata(`${name} of the metadata is not a number`);
  const digits = text.replace(/^[+-]/, "").replaceAll("_", "");
  const value = Number(/^0\d/.test(digits) ? `0o${digits.slice(1)}` : digits);
  return text.startsWith("-") && value !== 0 ? -value : value;
}

export function badMetadata(message: string): SopsError {
  return new SopsError("BAD_METADATA", message, { hint: "restore the file from git" });
}
