import { SopsError } from "../core/base/errors.ts";
import type { KeyRef } from "../core/keys/key.ts";
import type { Selector } from "../core/model/selection.ts";
import { keyGroupsOf, type KeyReader } from "./keys.ts";
import type { CreationRule } from "./model.ts";

/** What the flags of a command and their environment variables say. */
export interface SettingsFlags {
  /** Of all key flags, as one group; undefined where none was given. They replace every key of the rule. */
  readonly keys?: readonly KeyRef[] | undefined;
  /** Those that were given, none of them empty. */
  readonly selectors?: readonly Selector[] | undefined;
  /** 0 counts as not given. */
  readonly shamirThreshold?: number | undefined;
  readonly macOnlyEncrypted?: boolean | undefined;
  /** The input is one binary value: selectors mean nothing there, and are ignored as SOPS ignores them. */
  readonly binary?: boolean | undefined;
}

/** What sealing a new file takes; the shape of `SealSettings` of the use cases. */
export interface CombinedSettings {
  readonly groups: readonly (readonly KeyRef[])[];
  readonly shamirThreshold: number;
  readonly selector: Selector | undefined;
  readonly macOnlyEncrypted: boolean;
}

/**
 * Flags over rule (format.md 13). `rule` undefined: there is no config, or it has no creation rules.
 * Throws NO_KEYS, TWO_SELECTORS, BAD_CONFIG or USAGE for an impossible threshold, and what reading the rule's keys throws.
 */
export function combineSettings(
  flags: SettingsFlags,
  rule: CreationRule | undefined,
  reader: KeyReader,
): CombinedSettings {
  const selector = flags.binary === true ? undefined : oneSelector(flags.selectors ?? [], rule);
  const groups = groupsOf(flags.keys, rule, reader);
  return {
    groups,
    shamirThreshold: thresholdOf(flags, rule, groups.length),
    selector,
    macOnlyEncrypted:
      flags.binary !== true && (flags.macOnlyEncrypted === true || rule?.macOnlyEncrypted === true),
  };
}

const NO_CONFIG =
  "config file not found, or has no creation rules, and no keys provided through command line options";

/** A flag replaces the same selector of the rule; next to a different one it is a second selector. */
function oneSelector(flags: readonly Selector[], rule: CreationRule | undefined): Selector | undefined {
  const ofRule = rule?.selector;
  const replaced = ofRule !== undefined && flags.some(({ name }) => name === ofRule.name);
  const all = ofRule === undefined || replaced ? flags : [...flags, ofRule];
  const [first, second] = all;
  if (first === undefined || second === undefined) return first;
  throw new SopsError("TWO_SELECTORS", `a file can have one selector, here are ${namesOf(all)}`, {
    hint:
      second === ofRule
        ? `leave out --${flagOf(first)}, or change the rule of the config`
        : "keep one of these flags",
    place: second === ofRule ? rule?.place : undefined,
  });
}

const namesOf = (selectors: readonly Selector[]): string => selectors.map(({ name }) => name).join(" and ");

const flagOf = ({ name }: Selector): string => name.replaceAll("_", "-");

function groupsOf(
  keys: readonly KeyRef[] | undefined,
  rule: CreationRule | undefined,
  reader: KeyReader,
): readonly (readonly KeyRef[])[] {
  if (keys !== undefined) return [keys];
  if (rule !== undefined) return keyGroupsOf(rule, reader);
  // The words of SOPS: programs that run it look for them (helm-secrets).
  throw new SopsError("NO_KEYS", NO_CONFIG, {
    hint: "give a recipient with --age age1..., or write a .sops-ts.yaml with creation_rules",
  });
}

/**
 * Of several groups 2 to all must be needed (format.md 10): 1 would void the split. One group is never split: a flag that
 * asks for more than one is refused, since each key alone would open the file. A rule is not, as its groups may just have
 * been replaced by a flag, and SOPS takes it: who seals the file warns of it.
 */
function thresholdOf(flags: SettingsFlags, rule: CreationRule | undefined, groups: number): number {
  const given = flags.shamirThreshold ?? 0;
  const threshold = given === 0 ? (rule?.shamirThreshold ?? 0) : given;
  if (groups < 2 && given > 1) throw loneGroup(given);
  if (groups < 2 || threshold === 0 || (threshold >= 2 && threshold <= groups)) return threshold;
  throw new SopsError(
    given === 0 ? "BAD_CONFIG" : "USAGE",
    `the threshold ${String(threshold)} does not fit ${String(groups)} key groups`,
    {
      hint: `use a number from 2 to ${String(groups)}, or 0 for all`,
      place: given === 0 ? rule?.place : undefined,
    },
  );
}

function loneGroup(threshold: number): SopsError {
  return new SopsError(
    "USAGE",
    `the threshold ${String(threshold)} does not fit one key group: each of its keys opens the file alone`,
    {
      hint: "put the keys that are needed together into key_groups of a creation rule, or add a group with enc groups add",
    },
  );
}
