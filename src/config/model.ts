import type { Destination } from "../core/ports/destination.ts";
import type { Place } from "../core/base/errors.ts";
import type { FormatName } from "../core/model/format.ts";
import type { KeyType } from "../core/keys/key.ts";
import type { Selector } from "../core/model/selection.ts";
import type { Pattern } from "./pattern.ts";

/** One `.sops-ts.yaml` or `.sops.yaml` (format.md 13), all of it checked but the keys that it names and what is for `publish`. */
export interface Config {
  /** As given to `parseConfig`: absolute, for `matchRule` compares it with the file's own path. */
  readonly path: string;
  /** Undefined where the file has none or null: then SOPS takes it as no config at all. Order decides. */
  readonly creationRules: readonly CreationRule[] | undefined;
  /**
   * Read when it is asked, for `publish` alone: what is wrong there stops no other command. Throws BAD_CONFIG and
   * BAD_PATTERN.
   */
  readonly destinationRules: () => Promise<DestinationRules>;
  readonly stores: StoreSettings;
  /** What is allowed and yet probably not what was meant; one line each, for the user. */
  readonly warnings: readonly string[];
}

/** Who may open the files that it matches, and which of their values are sealed. */
export interface CreationRule {
  readonly place: Place;
  /** Undefined: matches every file. */
  readonly pathRegex: Pattern | undefined;
  /** At least one group; what they hold is read by `keyGroupsOf`. */
  readonly groups: readonly ConfigGroup[];
  /** 0: all groups are needed. */
  readonly shamirThreshold: number;
  readonly selector: Selector | undefined;
  readonly macOnlyEncrypted: boolean;
  /** The format of files whose name says none. */
  readonly type: FormatName | undefined;
}

/** A key group as written. Its keys are those of `merge`, group by group, then its own `entries`. */
export interface ConfigGroup {
  readonly place: Place;
  readonly merge: readonly ConfigGroup[];
  readonly entries: readonly KeyEntry[];
  /** Flat keys of a rule keep duplicates, groups drop them, as SOPS does. */
  readonly unique: boolean;
}

/** A part of a config that names keys of one type. Read only when its rule is used: other rules may need other tools. */
export interface KeyEntry {
  readonly type: KeyType;
  readonly entry: KeyEntryValue;
  /** Metadata fields that a flat rule gives to each of its keys of this type: `aws_profile`. */
  readonly shared?: Readonly<Record<string, string>> | undefined;
  readonly place: Place;
}

/**
 * A comma list, or the fields of one entry of a key group by the config's own names, as its type declares them:
 * `vaultUrl`, `key`, `version`.
 */
export type KeyEntryValue = string | Readonly<Record<string, string | Readonly<Record<string, string>>>>;

export interface DestinationRules {
  readonly rules: readonly DestinationRule[];
  readonly warnings: readonly string[];
}

/** Where `publish` puts the files that it matches. */
export interface DestinationRule {
  readonly place: Place;
  /** Matched against the path as typed. Undefined: matches every file. */
  readonly pathRegex: Pattern | undefined;
  readonly destination: Destination | undefined;
  readonly omitExtensions: boolean;
  /** The keys and selector under which the published copy is sealed anew; undefined: it is copied as it is. */
  readonly recreationRule: CreationRule | undefined;
}

/** Indentation of canonical text, in spaces; undefined: the format's own. */
export interface StoreSettings {
  readonly yaml?: number | undefined;
  readonly json?: number | undefined;
  /** Of the JSON that holds a sealed binary file. */
  readonly jsonBinary?: number | undefined;
}
