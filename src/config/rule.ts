import type { Place } from "../core/base/errors.ts";
import { SELECTOR_NAMES, type Selector } from "../core/model/selection.ts";
import { badConfig, booleanOf, fieldsOf, integerOf, itemsOf, textOf, type Fields } from "./fields.ts";
import { mayHaveType, orTypeOf, TYPE_KEY, typeOf } from "./file-type.ts";
import { FLAT_KEY_NAMES, flatGroup, type GroupReader, keyGroup } from "./groups.ts";
import type { CreationRule } from "./model.ts";
import { compilePattern, type Pattern } from "./pattern.ts";
import type { Value } from "./source.ts";

const SEALING_KEYS: readonly string[] = [
  ...FLAT_KEY_NAMES,
  "key_groups",
  "shamir_threshold",
  ...SELECTOR_NAMES,
  "mac_only_encrypted",
];

/** What is shared by the rules of one config. */
export interface RuleContext extends GroupReader {
  readonly warn: (message: string, place: Place) => void;
}

/** Throws BAD_CONFIG and BAD_PATTERN with the place. */
export async function creationRule(value: Value, context: RuleContext): Promise<CreationRule> {
  const known = ["path_regex", ...SEALING_KEYS, ...(mayHaveType(value) ? [TYPE_KEY] : [])];
  const fields = fieldsOf(value, "a creation rule", known, orTypeOf(context.onUnknown));
  const type = mayHaveType(value) ? typeOf(fields) : undefined;
  return { ...(await sealingRule(fields, await patternOf(fields, "path_regex"), context)), type };
}

/** The rule of a published copy: a creation rule that matches wherever its destination does. */
export async function recreationRule(value: Value, context: RuleContext): Promise<CreationRule> {
  const fields = fieldsOf(value, "a recreation rule", SEALING_KEYS, context.onUnknown);
  return sealingRule(fields, undefined, context);
}

async function sealingRule(
  fields: Fields,
  pathRegex: Pattern | undefined,
  context: RuleContext,
): Promise<CreationRule> {
  return {
    place: fields.place,
    pathRegex,
    groups: groupsOf(fields, context),
    shamirThreshold: integerOf(fields, "shamir_threshold", 0) ?? 0,
    selector: await selectorOf(fields),
    macOnlyEncrypted: booleanOf(fields, "mac_only_encrypted"),
    type: undefined,
  };
}

/** A pattern that is absent or empty is undefined. */
export async function patternOf(fields: Fields, key: string): Promise<Pattern | undefined> {
  const source = textOf(fields, key);
  const place = fields.get(key)?.place ?? fields.place;
  return source === undefined || source === "" ? undefined : compilePattern(source, place);
}

function groupsOf(fields: Fields, context: RuleContext): CreationRule["groups"] {
  const flat = flatGroup(fields);
  const items = itemsOf(fields, "key_groups");
  if (items.length === 0) return [flat];
  const ignored = flat.entries[0];
  if (ignored !== undefined)
    context.warn("key_groups are used, so the other keys of this rule have no effect", ignored.place);
  return items.map((item) => keyGroup(item, context));
}

/** At most one of the six (format.md 4), its pattern checked. An empty one is none. */
async function selectorOf(fields: Fields): Promise<Selector | undefined> {
  const set = SELECTOR_NAMES.filter((name) => (textOf(fields, name) ?? "") !== "");
  set.sort((a, b) => lineOf(fields, a) - lineOf(fields, b));
  const [name, second] = set;
  if (name === undefined) return undefined;
  if (second !== undefined) {
    const place = fields.get(second)?.place ?? fields.place;
    throw badConfig(
      `a rule can have one selector, this one has ${set.join(" and ")}`,
      place,
      "keep one of them",
    );
  }
  if (name.endsWith("_regex")) await patternOf(fields, name);
  return { name, pattern: textOf(fields, name) ?? "" };
}

const lineOf = (fields: Fields, key: string): number => fields.get(key)?.place.line ?? 0;
