import type { KeyType } from "../core/keys/key.ts";
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

/** The keys of a flat rule, in the order in which SOPS loads them (format.md 13). */
const FLAT_KEYS: readonly (readonly [string, KeyType])[] = [
  ["age", "age"],
  ["pgp", "pgp"],
  ["kms", "kms"],
  ["gcp_kms", "gcp_kms"],
  ["hckms", "hckms"],
  ["azure_keyvault", "azure_kv"],
  ["hc_vault_transit_uri", "hc_vault"],
];
export const FLAT_KEY_NAMES: readonly string[] = [...FLAT_KEYS.map(([name]) => name), "aws_profile"];

type GroupKey = readonly [name: string, type: KeyType, parts?: readonly string[]];

/** The lists of a key group in their order; those with fields hold maps, the others texts. */
const GROUP_KEYS: readonly GroupKey[] = [
  ["age", "age"],
  ["pgp", "pgp"],
  ["kms", "kms", ["arn", "role", "context", "aws_profile"]],
  ["gcp_kms", "gcp_kms", ["resource_id"]],
  ["hckms", "hckms", ["key_id"]],
  ["azure_keyvault", "azure_kv", ["vaultUrl", "key", "version"]],
  ["hc_vault", "hc_vault"],
];
const GROUP_KEY_NAMES: readonly string[] = ["merge", ...GROUP_KEYS.map(([name]) => name)];

/** The one group of a rule without `key_groups`. `hckms` must be a list, the others may be a text with commas. */
export function flatGroup(rule: Fields): ConfigGroup {
  const awsProfile = textOf(rule, "aws_profile");
  const entries = FLAT_KEYS.flatMap(([name, type]): KeyEntry[] => {
    const texts = name === "hckms" ? textsOf(rule, name) : textOrTextsOf(rule, name);
    return texts.map((text) => entryOf(type, text, awsProfile)).filter(({ entry }) => entry !== "");
  });
  return { place: rule.place, merge: [], entries, unique: false };
}

function entryOf(type: KeyType, { text, place }: ScalarValue, awsProfile: string | undefined): KeyEntry {
  const profile = type === "kms" && awsProfile !== "" ? awsProfile : undefined;
  return { type, entry: withoutEmptyParts(text), awsProfile: profile, place };
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
    entries: GROUP_KEYS.flatMap((key) => entriesOf(fields, key, reader)),
    unique: true,
  };
  reader.groups.set(value, group);
  return group;
}

function entriesOf(fields: Fields, [name, type, parts]: GroupKey, reader: GroupReader): KeyEntry[] {
  if (parts === undefined)
    return textsOf(fields, name).map(({ text, place }) => ({ type, entry: text, place }));
  return itemsOf(fields, name).map((item) => {
    const of = fieldsOf(item, `an item of ${name}`, parts, reader.onUnknown);
    return { type, entry: partsOf(of, parts), place: of.place };
  });
}

function partsOf(fields: Fields, names: readonly string[]): KeyEntryValue {
  const parts = names.map(
    (name) => [name, name === "context" ? textMapOf(fields, name) : textOf(fields, name)] as const,
  );
  return Object.fromEntries(
    parts.filter((part): part is [string, string | Record<string, string>] => part[1] !== undefined),
  );
}
