import type { Place } from "../core/base/errors.ts";
import { destinationRule } from "./destination.ts";
import {
  fieldsOf,
  itemsOf,
  refuseUnknownKey,
  type Fields,
  type OnUnknownKey,
  type UnknownKey,
  warnOfUnknownKey,
} from "./fields.ts";
import type { Config, DestinationRules, StoreSettings } from "./model.ts";
import { creationRule, type RuleContext } from "./rule.ts";
import { closest } from "../core/base/suggest.ts";
import { readSource } from "./source.ts";
import { storesOf } from "./stores.ts";

const TOP_KEYS: readonly string[] = ["creation_rules", "destination_rules", "stores"];

export interface ParseOptions {
  /** Default: refuse. SOPS passes over a key that it does not know, and a misspelt `path_regexp` matches every file. */
  readonly unknownKeys?: "refuse" | "warn" | undefined;
}

/**
 * Reads a config (format.md 13; docs/config.md). `file`: its absolute path. Strict: throws BAD_CONFIG for YAML that
 * does not parse, an unknown key, a wrong type or two selectors in a rule, and BAD_PATTERN for a regular expression
 * that RE2 does not take, wherever they stand but below `destination_rules`, with file, line and column. The keys that a
 * rule names are not looked at: that is `keyGroupsOf`, for the rule that is used.
 */
export async function parseConfig(text: string, file: string, options: ParseOptions = {}): Promise<Config> {
  const { context, warnings } = contextOf(file, options);
  const top = await topOf(text, file, orAnchors(context.onUnknown));
  const rules = top.get("creation_rules");
  return {
    path: file,
    creationRules:
      rules && (await inTurn(itemsOf(top, "creation_rules"), (item) => creationRule(item, context))),
    destinationRules: once(() => destinationsOf(top, file, options)),
    stores: storesOf(top.get("stores"), context.onUnknown),
    warnings,
  };
}

/** Only `stores`, for commands that need no rule: what is wrong elsewhere in the config must not stop them. */
export async function parseStores(
  text: string,
  file: string,
  options: ParseOptions = {},
): Promise<StoreSettings> {
  const top = await topOf(text, file, () => undefined);
  return storesOf(top.get("stores"), contextOf(file, options).context.onUnknown);
}

async function destinationsOf(top: Fields, file: string, options: ParseOptions): Promise<DestinationRules> {
  const { context, warnings } = contextOf(file, options);
  const items = itemsOf(top, "destination_rules");
  return { rules: await inTurn(items, (item) => destinationRule(item, context)), warnings };
}

function contextOf(
  file: string,
  { unknownKeys }: ParseOptions,
): { readonly context: RuleContext; readonly warnings: readonly string[] } {
  const warnings: string[] = [];
  const warn = (message: string, place: Place): void => {
    warnings.push(`${file}:${String(place.line ?? 1)}: ${message}`);
  };
  const onUnknown = unknownKeys === "warn" ? warnOfUnknownKey(warn) : refuseUnknownKey;
  return { context: { groups: new Map(), warn, onUnknown }, warnings };
}

async function topOf(text: string, file: string, onUnknown: OnUnknownKey): Promise<Fields> {
  const source = await readSource(text, file);
  if (source === undefined) return { place: { file }, get: () => undefined };
  return fieldsOf(source, "the config", TOP_KEYS, onUnknown);
}

function orAnchors(onUnknown: OnUnknownKey): OnUnknownKey {
  return (unknown) => {
    if (!holdsAnchors(unknown)) onUnknown(unknown);
  };
}

/** Common configs keep their keys in a list of anchors at the top: `keys:`, or any name that is no misspelt key. */
function holdsAnchors({ key, entry }: UnknownKey): boolean {
  return key === "keys" || (entry.definesAnchor && closest(key, TOP_KEYS) === undefined);
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

/** One after the other, so that the first error of the file is the one that is told. */
async function inTurn<T, R>(items: readonly T[], read: (item: T) => Promise<R>): Promise<R[]> {
  const out: R[] = [];
  for (const item of items) out.push(await read(item));
  return out;
}
