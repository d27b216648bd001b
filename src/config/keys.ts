import { SopsError } from "../core/base/errors.ts";
import type { KeyRef, KeyType } from "../core/keys/key.ts";
import type { ConfigGroup, CreationRule, KeyEntry, KeyEntryValue } from "./model.ts";

/** What a config must be told about keys, for it knows no provider. */
export interface KeyReader {
  /** The keys that one entry names. May throw: the place in the config is added. */
  keysFrom(type: KeyType, entry: KeyEntryValue): readonly KeyRef[];
  /** The text that tells two keys of one type apart (format.md 11). */
  identity(ref: KeyRef): string;
}

/**
 * The keys of a rule, group by group, in the order of SOPS (format.md 13): merged groups first, duplicates of one
 * group dropped but for flat rules. Throws NO_KEYS with the place for a group without any, and what `keysFrom` throws.
 */
export function keyGroupsOf(rule: CreationRule, reader: KeyReader): readonly (readonly KeyRef[])[] {
  const known = new Map<ConfigGroup, readonly KeyRef[]>();
  return rule.groups.map((group) => nonEmpty(keysOf(group, reader, known), group, rule));
}

function nonEmpty(keys: readonly KeyRef[], group: ConfigGroup, rule: CreationRule): readonly KeyRef[] {
  if (keys.length > 0) return keys;
  const what = group.unique ? "this key group" : "this creation rule";
  throw new SopsError("NO_KEYS", `empty key group provided: ${what} names no key`, {
    hint: "add a recipient, for example age: age1...",
    place: { ...rule.place, ...group.place },
  });
}

/** `known`: groups that aliases share are read once. */
function keysOf(
  group: ConfigGroup,
  reader: KeyReader,
  known: Map<ConfigGroup, readonly KeyRef[]>,
): readonly KeyRef[] {
  const read = known.get(group);
  if (read !== undefined) return read;
  const merged = group.merge.flatMap((part) => keysOf(part, reader, known));
  const all = [...merged, ...group.entries.flatMap((entry) => keysFrom(entry, reader))];
  const keys = group.unique ? withoutDuplicates(all, reader) : all;
  known.set(group, keys);
  return keys;
}

function keysFrom({ type, entry, shared, place }: KeyEntry, reader: KeyReader): readonly KeyRef[] {
  try {
    const refs = reader.keysFrom(type, entry);
    return refs.map((ref) => ({ type: ref.type, fields: { ...ref.fields, ...shared } }));
  } catch (error) {
    throw error instanceof SopsError ? error.at(place) : error;
  }
}

function withoutDuplicates(refs: readonly KeyRef[], reader: KeyReader): readonly KeyRef[] {
  const unique = new Map<string, KeyRef>();
  for (const ref of refs) {
    const name = `${ref.type}/${reader.identity(ref)}`;
    if (!unique.has(name)) unique.set(name, ref);
  }
  return [...unique.values()];
}
