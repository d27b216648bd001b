import * as list from "./list.ts";
import type { KeyTypeRecord } from "./record.ts";

/** The kinds of master keys, by the names of their lists in a metadata block. */
export type KeyType = (typeof list)[keyof typeof list]["type"];

export type KnownKeyType = KeyTypeRecord<KeyType>;

const ALL: readonly KnownKeyType[] = Object.values(list);

/** In the order in which SOPS reads a group of keys (format.md 5.2). */
export const KEY_TYPES: readonly KnownKeyType[] = sorted(({ metadata }) => metadata.order);

/** In the order in which a config and the command line name them (format.md 13). */
export const KEY_TYPES_AS_NAMED: readonly KnownKeyType[] = sorted(({ config }) => config.order);

/** In the order of `KEY_TYPES`. */
export const KEY_TYPE_NAMES: readonly KeyType[] = KEY_TYPES.map(({ type }) => type);

/** `--decryption-order` where it is not given. */
export const DEFAULT_DECRYPTION_ORDER: readonly KeyType[] = sorted(({ preference = Infinity }) => preference)
  .filter(({ preference }) => preference !== undefined)
  .map(({ type }) => type);

const BY_TYPE = Object.fromEntries(ALL.map((record) => [record.type, record])) as Readonly<
  Record<KeyType, KnownKeyType>
>;

export function keyTypeOf(type: KeyType): KnownKeyType {
  return BY_TYPE[type];
}

/** Of names that the compiler did not check: what a user typed, the key type of a provider of a program. */
export function isKeyType(name: string): name is KeyType {
  return Object.hasOwn(BY_TYPE, name);
}

function sorted(rank: (record: KnownKeyType) => number): readonly KnownKeyType[] {
  return [...ALL].sort((a, b) => rank(a) - rank(b));
}
