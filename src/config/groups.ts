import type { KeyType } from "../core/keys/key.ts";
import { KEY_TYPES_AS_NAMED, type KnownKeyType } from "../key-types/index.ts";
import {
  fieldsOf,
  itemsOf,
  textMapOf,
  textOf,
  textOrTextsOf,
  textsOf,
  type Fields,
  type OnUnknownKey,
} from "./fields.ts";
import type { ConfigGroup, KeyEntry, KeyEntryValue } from "./model.ts";
import type { ScalarValue, Value } from "./source.ts";

/** The keys of a flat rule that name master keys, and those that say more of them. */
export const FLAT_KEY_NAMES: readonly string[] = [
  ...KEY_TYPES_AS_NAMED.map(({ config }) => config.flat),
  ...KEY_TYPES_AS_NAMED.flatMap(({ config }) => config.shared ?? []),
];

const GROUP_KEY_NAMES: readonly string[] = ["merge", ...KEY_TYPES_AS_NAMED.map(({ config }) => config.group)];

/** The one group of a rule without `key_groups`. */
export function flatGroup(rule: Fields): ConfigGroup {
  const entries = KEY_TYPES_AS_NAMED.flatMap(({ type, config }): KeyEntry[] => {
    const shared = sharedOf(rule, config.shared ?? []);
    const texts = config.flatList === true ? textsOf(rule, config.flat) : textOrTextsOf(rule, config.flat);
    return texts.map((text) => entryOf(type, text, shared)).filter(({ entry }) => entry !== "");
  });
  return { place: rule.place, merge: [], entries, unique: false };
}

function sharedOf(rule: Fields, names: readonly string[]): KeyEntry["shared"] {
  const texts = names.map((name) => [name, textOf(rule, name) ?? ""] as const);
  return Object.fromEntries(texts.filter(([, text]) => text !== ""));
}

function entryOf(type: KeyType, { text, place }: ScalarValue, shared: KeyEntry["shared"]): KeyEntry {
  return { type, entry: withoutEmptyParts(text), shared, place };
}

/** `a, ,b,` is `a,b`: a trailing comma names no key. */
function withoutEmptyParts(text: string): string {
  const parts = text.split(",").map((part) => part.trim());
  return parts.filter((part) => part !== "").join(",");
}

/** How the groups of one config are read. */
export interface GroupReader {
  /** Groups that aliases share are read once: what refers to the same group twice must not take twice the time. */
  readonly groups: Map<Value, ConfigGroup>;
  readonly onUnknown: OnUnknownKey;
}

export function keyGroup(value: Value, reader: GroupReader): ConfigGroup {
  const read = reader.groups.get(value);
  if (read !== undefined) return read;
  const fields = fieldsOf(value, "a key group", GROUP_KEY_NAMES, reader.onUnknown);
  const group = {
    place: fields.place,
    merge: itemsOf(fields, "merge").map((item) => keyGroup(item, reader)),
    entries: KEY_TYPES_AS_NAMED.flatMap((record) => entriesOf(fields, record, reader)),
    unique: true,
  };
  reader.groups.set(value, group);
  return group;
}

function entriesOf(fields: Fields, record: KnownKeyType, reader: GroupReader): KeyEntry[] {
  const { type, config, metadata } = record;
  const { group, parts } = config;
  if (parts === undefined)
    return textsOf(fields, group).map(({ text, place }) => ({ type, entry: text, place }));
  return itemsOf(fields, group).map((item) => {
    const of = fieldsOf(item, `an item of ${group}`, parts, reader.onUnknown);
    return { type, entry: partsOf(of, parts, metadata.maps ?? []), place: of.place };
  });
}

function partsOf(fields: Fields, names: readonly string[], maps: readonly string[]): KeyEntryValue {
  const parts = names.map(
    (name) => [name, maps.includes(name) ? textMapOf(fields, name) : textOf(fields, name)] as const,
  );
  return Object.fromEntries(
    parts.filter((part): part is [string, string | Record<string, string>] => part[1] !== undefined),
  );
}
