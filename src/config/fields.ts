import { SopsError, type Place } from "../core/base/errors.ts";
import { closest } from "../core/base/suggest.ts";
import type { MapEntry, ScalarValue, Value } from "./source.ts";

/** The entries of one map of a config, taken by name. A null value is an absent one, as everywhere in SOPS. */
export interface Fields {
  readonly place: Place;
  get(key: string): Value | undefined;
}

export function badConfig(message: string, place: Place, hint: string): SopsError {
  return new SopsError("BAD_CONFIG", message, { hint, place });
}

/** A key that the config has and SOPS does not know. */
export interface UnknownKey {
  readonly key: string;
  readonly entry: MapEntry;
  /** What it is a key of: "a creation rule". */
  readonly what: string;
  readonly known: readonly string[];
}

/** What is done about an unknown key. */
export type OnUnknownKey = (found: UnknownKey) => void;

/** The fields of `value`, which must be a map or null. A key that starts with `x-` is free. Throws BAD_CONFIG. */
export function fieldsOf(
  value: Value,
  what: string,
  known: readonly string[],
  onUnknown: OnUnknownKey = refuseUnknownKey,
): Fields {
  if (isNull(value)) return { place: value.place, get: () => undefined };
  if (value.type !== "map")
    throw badConfig(`${what} must be a map`, value.place, `its keys: ${known.join(", ")}`);
  for (const [key, entry] of value.entries)
    if (!known.includes(key) && !key.startsWith("x-")) onUnknown({ key, entry, what, known });
  return {
    place: value.place,
    get(key) {
      const found = value.entries.get(key)?.value;
      return found === undefined || isNull(found) ? undefined : found;
    },
  };
}

/** Throws BAD_CONFIG. */
export function refuseUnknownKey(unknown: UnknownKey): never {
  throw badConfig(unknownText(unknown), unknown.entry.place, knownText(unknown));
}

/** As SOPS takes it, for which it is not there; but SOPS says nothing. */
export function warnOfUnknownKey(warn: (message: string, place: Place) => void): OnUnknownKey {
  return (unknown) => {
    warn(`${unknownText(unknown)}, so it has no effect; ${knownText(unknown)}`, unknown.entry.place);
  };
}

const unknownText = ({ key, what }: UnknownKey): string => `${what} has no key ${JSON.stringify(key)}`;

function knownText({ key, what, known }: UnknownKey): string {
  const near = closest(key, known);
  return near === undefined ? `the keys of ${what}: ${known.join(", ")}` : `did you mean ${near}?`;
}

function isNull(value: Value): boolean {
  return value.type === "scalar" && value.plain && /^(?:|~|null|Null|NULL)$/.test(value.text);
}

/** Any scalar, by its own spelling: `path_regex: 5` is the text `5`. Undefined where absent. Throws BAD_CONFIG. */
export function textOf(fields: Fields, key: string): string | undefined {
  const value = fields.get(key);
  return value === undefined ? undefined : scalar(value, key).text;
}

function scalar(value: Value, key: string): ScalarValue {
  if (value.type === "scalar") return value;
  throw badConfig(`${key} must be a text`, value.place, `write ${key}: and the text on one line`);
}

/** Throws BAD_CONFIG for what is no whole number, or one below `least`. */
export function integerOf(fields: Fields, key: string, least: number): number | undefined {
  const value = fields.get(key);
  if (value === undefined) return undefined;
  const { text, plain } = scalar(value, key);
  const number = plain && /^[+-]?\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (number >= least) return number;
  const range = `a whole number of at least ${String(least)}`;
  throw badConfig(`${key} must be ${range}`, value.place, `write ${key}: and the number, without quotes`);
}

/** YAML 1.1 spellings are taken too, as SOPS takes them where it expects a boolean. Default: false. */
export function booleanOf(fields: Fields, key: string): boolean {
  const value = fields.get(key);
  if (value === undefined) return false;
  const { text, plain } = scalar(value, key);
  if (plain && /^(?:true|True|TRUE|y|Y|yes|Yes|YES|on|On|ON)$/.test(text)) return true;
  if (plain && /^(?:false|False|FALSE|n|N|no|No|NO|off|Off|OFF)$/.test(text)) return false;
  throw badConfig(`${key} must be true or false`, value.place, `write ${key}: true, without quotes`);
}

/** The items of a list; empty where absent. Throws BAD_CONFIG. */
export function itemsOf(fields: Fields, key: string): readonly Value[] {
  const value = fields.get(key);
  if (value === undefined) return [];
  if (value.type === "list") return value.items;
  throw badConfig(`${key} must be a list`, value.place, `start each item under ${key}: with "- "`);
}

/** The texts of a list. Throws BAD_CONFIG. */
export function textsOf(fields: Fields, key: string): readonly ScalarValue[] {
  return itemsOf(fields, key).map((item) => scalar(item, `an item of ${key}`));
}

/** A text with commas, or a list of texts. Throws BAD_CONFIG. */
export function textOrTextsOf(fields: Fields, key: string): readonly ScalarValue[] {
  const value = fields.get(key);
  if (value === undefined) return [];
  if (value.type === "map")
    throw badConfig(
      `${key} must be a text or a list of texts`,
      value.place,
      `write ${key}: and the keys, separated by commas`,
    );
  return value.type === "scalar" ? [value] : textsOf(fields, key);
}

/** The pairs of a map of texts, in order; undefined where absent. Throws BAD_CONFIG. */
export function textMapOf(fields: Fields, key: string): Readonly<Record<string, string>> | undefined {
  const value = fields.get(key);
  if (value === undefined) return undefined;
  if (value.type !== "map")
    throw badConfig(`${key} must be a map of texts`, value.place, `write ${key}: {name: value}`);
  return Object.fromEntries(
    [...value.entries].map(([name, entry]) => [name, scalar(entry.value, `${key}.${name}`).text]),
  );
}
