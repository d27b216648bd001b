import type { Place } from "../core/errors.ts";
import { destinationRule } from "./destination.ts";
import { fieldsOf, itemsOf, type Fields } from "./fields.ts";
import type { Config, StoreSettings } from "./model.ts";
import { creationRule, type RuleContext } from "./rule.ts";
import { closest } from "../core/suggest.ts";
import { readSource, type MapEntry } from "./source.ts";
import { storesOf } from "./stores.ts";

const TOP_KEYS: readonly string[] = ["creation_rules", "destination_rules", "stores"];

/**
 * Reads a config (spec section 13; docs/config.md). `file`: its absolute path. Strict: throws BAD_CONFIG for YAML that
 * does not parse, an unknown key, a wrong type or two selectors in a rule, and BAD_PATTERN for a regular expression
 * that RE2 does not take, wherever they stand, with file, line and column. The keys that a rule names are not looked
 * at: that is `keyGroupsOf`, for the rule that is used.
 */
export async function parseConfig(text: string, file: string): Promise<Config> {
  const top = await topOf(text, file, holdsAnchors);
  const warnings: string[] = [];
  const warn = (message: string, place: Place): void => {
    warnings.push(`${file}:${String(place.line ?? 1)}: ${message}`);
  };
  const context: RuleContext = { groups: new Map(), warn };
  const rules = top.get("creation_rules");
  return {
    path: file,
    creationRules:
      rules && (await inTurn(itemsOf(top, "creation_rules"), (item) => creationRule(item, context))),
    destinationRules: await inTurn(itemsOf(top, "destination_rules"), (item) =>
      destinationRule(item, context),
    ),
    stores: storesOf(top.get("stores")),
    warnings,
  };
}

/** Only `stores`, for commands that need no rule: what is wrong elsewhere in the config must not stop them. */
export async function parseStores(text: string, file: string): Promise<StoreSettings> {
  const top = await topOf(text, file, () => true);
  return storesOf(top.get("stores"));
}

async function topOf(text: string, file: string, isAllowed: typeof holdsAnchors): Promise<Fields> {
  const source = await readSource(text, file);
  if (source === undefined) return { place: { file }, get: () => undefined };
  return fieldsOf(source, "the config", TOP_KEYS, isAllowed);
}

/** Common configs keep their keys in a list of anchors at the top: `keys:`, or any name that is no misspelt key. */
function holdsAnchors(key: string, { definesAnchor }: MapEntry): boolean {
  return key === "keys" || (definesAnchor && closest(key, TOP_KEYS) === undefined);
}

/** One after the other, so that the first error of the file is the one that is told. */
async function inTurn<T, R>(items: readonly T[], read: (item: T) => Promise<R>): Promise<R[]> {
  const out: R[] = [];
  for (const item of items) out.push(await read(item));
  return out;
}
