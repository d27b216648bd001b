import { SopsError } from "./errors.ts";
import { KEY_TYPES, type KeyGroup, type KeyType, type WrappedKey } from "./key.ts";
import type { FieldsOf, Metadata } from "./metadata-model.ts";
import { assertOneSelector, type Selector, SELECTOR_NAMES } from "./selection.ts";
import { normaliseSeconds } from "./time.ts";
import type { Comment, ListNode, MapNode, Node } from "./tree.ts";

/**
 * Reads a block in every spelling that SOPS has written or accepts: names in any case, numbers and booleans as text
 * or text as numbers, one map in place of a list, unknown fields, flat lists before key groups (spec section 5.2).
 * Throws BAD_METADATA, TWO_SELECTORS, NO_KEYS.
 */
export function readMetadata(block: MapNode, fieldsOf: FieldsOf): Metadata {
  const fields = fieldMap(block);
  const flat = readGroup(fields, fieldsOf);
  const groups = flat.keys.length > 0 ? [flat] : readGroups(fields.get("key_groups"), fieldsOf);
  if (groups.length === 0)
    throw new SopsError("NO_KEYS", "no keys found in file", { hint: "the metadata is damaged: restore the file from git" });
  return {
    groups,
    shamirThreshold: readCount(fields.get("shamir_threshold")),
    lastModified: readTime(fields.get("lastmodified"), "lastmodified"),
    mac: readText(fields.get("mac")),
    macOnlyEncrypted: readFlag(fields.get("mac_only_encrypted")),
    selector: readSelector(fields),
    version: readText(fields.get("version")),
    presentation: readText(fields.get("enc_presentation")),
  };
}

type Fields = ReadonlyMap<string, Node | Comment>;

/** Entries by lower-case name. A name in its exact case wins over another spelling of it. */
function fieldMap(node: MapNode): Fields {
  const fields = new Map<string, Node | Comment>();
  for (const item of node.entries) {
    if (item.type === "comment") continue;
    const name = item.key.toLowerCase();
    if (!fields.has(name) || item.key === name) fields.set(name, item.value);
  }
  return fields;
}

function readSelector(fields: Fields): Selector | undefined {
  const set = SELECTOR_NAMES.map((name): Selector => ({ name, pattern: readText(fields.get(name)) }));
  return assertOneSelector(set.filter((s) => s.pattern !== ""));
}

function readGroups(node: Node | Comment | undefined, fieldsOf: FieldsOf): KeyGroup[] {
  return itemsOf(node).map((item) => readGroup(fieldMap(mapOf(item, "key_groups")), fieldsOf));
}

function readGroup(fields: Fields, fieldsOf: FieldsOf): KeyGroup {
  return { keys: KEY_TYPES.flatMap((type) => itemsOf(fields.get(type)).map((item) => readKey(item, type, fieldsOf(type)))) };
}

function readKey(item: Node | Comment, type: KeyType, names: readonly string[]): WrappedKey {
  const fields = fieldMap(mapOf(item, type));
  const read: Record<string, string | Readonly<Record<string, string>>> = {};
  for (const name of names) {
    if (name === "enc") continue;
    const node = fields.get(name);
    if (name === "context") read[name] = readContext(node);
    else read[name] = name === "created_at" ? readTime(node, `${type}.created_at`, false) : readText(node);
  }
  return { type, fields: read, enc: readText(fields.get("enc")) };
}

function readContext(node: Node | Comment | undefined): Readonly<Record<string, string>> {
  if (node?.type !== "map") return {};
  const pairs = node.entries.flatMap((e): [string, string][] => (e.type === "entry" ? [[e.key, readText(e.value)]] : []));
  return Object.fromEntries(pairs);
}

/** A list's items without comments; one map stands for a list of one (mapstructure's weak typing). */
function itemsOf(node: Node | Comment | undefined): readonly (Node | Comment)[] {
  if (node === undefined || node.type === "null" || node.type === "comment") return [];
  if (node.type === "list") return (node satisfies ListNode).items.filter((i) => i.type !== "comment");
  if (node.type === "map") return node.entries.length === 0 ? [] : [node];
  return readText(node) === "" ? [] : [node];
}

function mapOf(node: Node | Comment, where: string): MapNode {
  if (node.type === "map") return node;
  throw bad(`${where} of the metadata holds something that is not a map`);
}

function readText(node: Node | Comment | undefined): string {
  if (node === undefined || node.type === "null" || node.type === "comment") return "";
  if (node.type !== "leaf") throw bad("a field of the metadata that should be text is a map or a list");
  const { value } = node;
  if (value.kind === "bytes") throw bad("a field of the metadata is not valid UTF-8");
  if (value.kind === "bool") return value.value ? "1" : "0";
  return String(value.value);
}

function readFlag(node: Node | Comment | undefined): boolean {
  if (node?.type === "leaf" && node.value.kind === "bool") return node.value.value;
  const text = readText(node);
  if (["", "0", "f", "F", "false", "False", "FALSE"].includes(text)) return false;
  if (["t", "T", "true", "True", "TRUE"].includes(text) || /^-?\d+$/.test(text)) return true;
  throw bad("mac_only_encrypted of the metadata is neither true nor false");
}

function readCount(node: Node | Comment | undefined): number {
  const text = readText(node);
  if (text === "") return 0;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw bad("shamir_threshold of the metadata is not a number");
}

function readTime(node: Node | Comment | undefined, name: string, needed = true): string {
  const text = readText(node);
  const time = normaliseSeconds(text);
  if (time !== null) return time;
  if (text === "" && !needed) return "";
  throw bad(`${name} of the metadata is ${text === "" ? "missing" : "not a time like 2026-01-02T03:04:05Z"}`);
}

function bad(message: string): SopsError {
  return new SopsError("BAD_METADATA", message, { hint: "restore the file from git" });
}
