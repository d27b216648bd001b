/**
 * All that is known of a kind of master key before its provider is loaded. Each provider declares one, in
 * `src/providers/NAME/key-type.ts`; the metadata block, the config, the flags, the key service, completion and the
 * environment of helpers are derived from it. Data only, as every program holds all of them, a web page too.
 */
export interface KeyTypeRecord<Type extends string = string> {
  /** The name of its list in the metadata, and in `--decryption-order`. */
  readonly type: Type;
  /** Its name for people. */
  readonly title: string;
  /** Its folder in `src/providers`. On Node its provider is loaded by this name. */
  readonly folder: string;
  readonly metadata: MetadataNames;
  readonly config: ConfigNames;
  readonly flag: KeyFlag;
  /** Flags that say more of every key of this type that the command line names. */
  readonly details?: readonly DetailFlag[];
  readonly service: ServiceMessage;
  /** Its rank in the default decryption order; those without one follow. */
  readonly preference?: number;
  readonly environment?: SecretVariables;
}

/** How SOPS writes such keys in a metadata block (format.md 5.1). */
interface MetadataNames {
  /** Where the list stands among all of them when SOPS reads a group (format.md 5.2): from 1. */
  readonly order: number;
  /** Sorted, as SOPS writes them. `enc` is the wrapped data key, `created_at` its date, the others name the key. */
  readonly fields: readonly string[];
  /** Those that hold names and values; the others are texts. */
  readonly maps?: readonly string[];
  /** Those that, as `created_at`, are written only where they say something. */
  readonly optional?: readonly string[];
  /** SOPS writes this list in a key group even where it is empty (traps.md 38). */
  readonly writtenEmpty?: boolean;
}

/** How a config names such keys (format.md 13). */
interface ConfigNames {
  /** Where they stand among all types, in a config as on the command line: from 1. */
  readonly order: number;
  /** The key of a flat rule. */
  readonly flat: string;
  /** A flat rule has a list there, and never a text with commas. */
  readonly flatList?: boolean;
  /** Other keys of a flat rule, which set the metadata field of the same name in each of its keys of this type. */
  readonly shared?: readonly string[];
  /** The key of a key group. */
  readonly group: string;
  /** The keys of an item of that list; without them an item is a text. */
  readonly parts?: readonly string[];
}

/** `--kms`, and with it `--add-kms` and `--rm-kms`. */
interface KeyFlag {
  readonly long: string;
  readonly short?: string;
  /** What it takes, in the help: "AWS KMS ARNs". */
  readonly takes: string;
  /** The variable that is read where the flag is absent. */
  readonly env: string;
  /** `--rm-*` takes any text and looks for it in the file, as SOPS does; without this it must name a key. */
  readonly removesAnyText?: boolean;
  /** A key has the address of the server that it is at: whoever typed it trusts that server. */
  readonly namesServer?: boolean;
}

interface DetailFlag {
  readonly long: string;
  /** The name of its value in the help. */
  readonly value: string;
  readonly about: string;
  /** The metadata field that it sets. */
  readonly field: string;
}

/** The message of such a key in the protocol of SOPS' key service (format.md 11). */
interface ServiceMessage {
  /** The number of the message among the kinds of key. */
  readonly number: number;
  /** The metadata fields that it has, numbered from 1. */
  readonly fields: readonly string[];
}

/** What enc alone reads of the environment, and keeps from the helpers that it starts. */
interface SecretVariables {
  readonly secrets: readonly string[];
  /** Names of age plugins that log in with these secrets, and get them. */
  readonly plugins?: RegExp;
}
