import { KEY_TYPES, type KnownKeyType } from "../../key-types/index.ts";
import { SopsError } from "../base/errors.ts";
import type { KeyGroup, WrappedKey } from "../keys/key.ts";
import type { Metadata } from "./metadata-model.ts";
import {
  badMetadata,
  type Fields,
  fieldsOfMap,
  weakFlag,
  weakInteger,
  weakList,
  weakMap,
  weakText,
  weakTexts,
} from "./metadata-weak.ts";
import { assertOneSelector, type Selector, SELECTOR_NAMES } from "../model/selection.ts";
import { normaliseSeconds } from "../base/time.ts";
import type { MapNode } from "../model/tree.ts";

/**
 * Reads a block in every spelling that SOPS has written or accepts: names in any case, numbers and booleans as text
 * or text as numbers, one map in place of a list, unknown fields, flat lists before key groups (format.md 5.2).
 * The version is taken as it stands: what needs a number checks it. Throws BAD_METADATA, NO_KEYS.
 */
export function readMetadata(block: MapNode): Metadata {
  const fields = fieldsOfMap(block);
  const text = (name: string): string => weakText(fields(name), name);
  return {
    groups: readGroups(fields),
    shamirThreshold: weakInteger(fields("shamir_threshold"), "shamir_threshold"),
    lastModified: readTime(fields, "lastmodified", "lastmodified"),
    mac: text("mac"),
    macOnlyEncrypted: weakFlag(fields("mac_only_encrypted"), "mac_only_encrypted"),
    selector: readSelector(text),
    version: text("version"),
    presentation: text("enc_presentation"),
  };
}

function readSelector(text: (name: string) => string): Selector | undefined {
  try {
    return assertOneSelector(SELECTOR_NAMES.map((name) => ({ name, pattern: text(name) })));
  } catch (error) {
    if (!(error instanceof SopsError) || error.code !== "TWO_SELECTORS") throw error;
    throw new SopsError("BAD_METADATA", error.message, {
      hint: "restore the sops block from version control",
    });
  }
}

function readGroups(fields: Fields): readonly KeyGroup[] {
  const flat = readGroup(fields);
  if (flat.keys.length > 0) return [flat];
  const groups = weakList(fields("key_groups")).map((item) =>
    readGroup(fieldsOfMap(weakMap(item, "key_groups"))),
  );
  if (groups.length > 0) return groups;
  throw new SopsError("NO_KEYS", "no keys found in file", {
    hint: "the metadata is damaged: restore the file from git",
  });
}

/** The keys of all lists, in the order in which SOPS loads them. */
function readGroup(fields: Fields): KeyGroup {
  const keys = KEY_TYPES.flatMap((record) =>
    weakList(fields(record.type)).map((item) => readKey(fieldsOfMap(weakMap(item, record.type)), record)),
  );
  return { keys };
}

function readKey(fields: Fields, { type, metadata }: KnownKeyType): WrappedKey {
  const read: Record<string, string | Readonly<Record<string, string>>> = {};
  for (const name of metadata.fields) {
    if (name === "enc") continue;
    const place = `${type}.${name}`;
    if (metadata.maps?.includes(name) === true) read[name] = weakTexts(fields(name), place);
    else if (name !== "created_at") read[name] = weakText(fields(name), place);
    // SOPS 1.6 wrote placeholder keys without a date; later ones refuse a file that has one.
    else if (weakText(fields(name), place) !== "") read[name] = readTime(fields, name, place);
  }
  return { type, fields: read, enc: weakText(fields("enc"), `${type}.enc`) };
}

/** SOPS prints a time back without its fraction. */
function readTime(fields: Fields, name: string, place: string): string {
  const text = weakText(fields(name), place);
  const time = normaliseSeconds(text);
  if (time !== null) return time;
  throw badMetadata(
    `${place} of the metadata is ${text === "" ? "missing" : "not a time like 2026-01-02T03:04:05Z"}`,
  );
}
