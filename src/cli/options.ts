import type { SelectorName } from "../core/model/selection.ts";
import { KEY_TYPES_AS_NAMED } from "../key-types/index.ts";

/** One flag. */
export interface OptionSpec {
  readonly long: string;
  readonly short?: string;
  /** Another long name for it, as sops has it. */
  readonly alias?: string;
  /** The name of its value in the help; a flag without one is a switch. */
  readonly value?: string;
  /** A switch that is on where it is absent: only `=false` says something. `Args.isOn` reads it. */
  readonly on?: boolean;
  /** May be given several times. */
  readonly many?: boolean;
  readonly about: string;
  /** Read where the flag is absent (command-line.md 3). */
  readonly env?: string;
  /** Understood, to be refused by name, and left out of the help. */
  readonly hidden?: boolean;
  /** The heading that it stands under in the help; none: `flags:`. */
  readonly group?: string;
}

/** The headings of the help, in this order after the flags of the command itself. */
const KEYS = "master keys:";
const SELECTION = "which values:";
const SERVICES = "key services:";
export const EVERYWHERE = "flags of every command:";

const under = <T extends OptionSpec>(group: string, specs: readonly T[]): readonly T[] =>
  specs.map((spec) => ({ ...spec, group }));

const flag = (long: string, about: string, more: Partial<OptionSpec> = {}): OptionSpec => ({
  long,
  about,
  ...more,
});

/** Flags of every command, before or after its name. */
export const GLOBAL_OPTIONS: readonly OptionSpec[] = under(EVERYWHERE, [
  flag("config", "use this configuration file and search for none", { value: "file", env: "SOPS_CONFIG" }),
  flag("indent", "spaces of indentation where text is printed anew", { value: "n" }),
  flag("mac-only-encrypted", "cover only the encrypted values with the MAC"),
  flag("verbose", "say more: recovered data keys, where an error arose, files left as they are"),
  flag("quiet", "say nothing but errors", { short: "q" }),
  // sops' --version asks the network; ours never does, so there is nothing to switch.
  flag("check-for-updates", "accepted for sops: no network is asked", { hidden: true }),
  flag("disable-version-check", "accepted for sops: no network is asked", {
    env: "SOPS_DISABLE_VERSION_CHECK",
    hidden: true,
  }),
]);

export const IN_PLACE: readonly OptionSpec[] = [
  flag("in-place", "write the result back to the file", { short: "i" }),
  flag("output", "write the result to this file, - for stdout", { value: "file" }),
];

export const KEEP_DATA_KEY = flag(
  "keep-data-key",
  "keep the data key of the --output file: whoever ever had it reads what is new, too",
);

export const TYPES: readonly OptionSpec[] = [
  flag("input-type", "binary, dotenv, ini, json or yaml; default: by the name of the file", {
    value: "type",
  }),
  flag("output-type", "the type to write; default: by the name of the file", { value: "type" }),
];

export const ALL_KEYS = flag(
  "all-keys",
  "use keys that need the network or a program, too; nothing is asked",
);
export const FILENAME_OVERRIDE = flag("filename-override", "take the type and the rule of this name", {
  value: "name",
});
export const IGNORE_MAC = flag("ignore-mac", "read the file even if its MAC does not match");
export const IDEMPOTENT = flag("idempotent", "write nothing where nothing changes");
export const DECRYPTION_ORDER = flag("decryption-order", "key types to try first, separated by commas", {
  value: "types",
  env: "SOPS_DECRYPTION_ORDER",
});

const KEY_FLAGS: readonly OptionSpec[] = KEY_TYPES_AS_NAMED.map(({ flag: { long, short, takes, env } }) =>
  flag(long, `${takes}, separated by commas`, {
    ...(short === undefined ? {} : { short }),
    value: "keys",
    many: true,
    env,
  }),
);

/** What they say of the keys beside them. */
const KEY_DETAILS: readonly OptionSpec[] = KEY_TYPES_AS_NAMED.flatMap(({ details = [] }) =>
  details.map(({ long, about, value }) => flag(long, about, { value })),
);

export const SHAMIR_THRESHOLD = flag(
  "shamir-secret-sharing-threshold",
  "how many key groups are needed to open the file",
  { value: "n" },
);

export const MASTER_KEYS: readonly OptionSpec[] = under(KEYS, [
  ...KEY_FLAGS,
  ...KEY_DETAILS,
  SHAMIR_THRESHOLD,
]);

/** The same where the variables do not count: what they name is for new files, not for one more group of an old one. */
export const GROUP_KEYS: readonly OptionSpec[] = MASTER_KEYS.map((spec) => {
  const { env, ...others } = spec;
  return env === undefined ? spec : others;
});

/** The file of the commands that take it by a flag, as in sops. */
export const GROUP_FILE = flag("file", "the encrypted file", { short: "f", value: "file" });

/** `--add-age`, `--rm-age` and so on. */
export const KEY_CHANGES: readonly OptionSpec[] = under(KEYS, [
  ...["add", "rm"].flatMap((verb) =>
    KEY_FLAGS.map(({ long, about }) =>
      flag(`${verb}-${long}`, `${verb === "add" ? "add" : "remove"} these ${about}`, {
        value: "keys",
        many: true,
      }),
    ),
  ),
  ...KEY_DETAILS,
]);

interface SelectorOption extends OptionSpec {
  readonly selector: SelectorName;
}

const selectorFlag = (selector: SelectorName, what: string): SelectorOption => ({
  long: selector.replaceAll("_", "-"),
  about: what,
  value: selector.endsWith("suffix") ? "suffix" : "regex",
  selector,
});

/** The selectors (format.md 4); at most one may be given. */
export const SELECTORS: readonly SelectorOption[] = under(SELECTION, [
  selectorFlag("unencrypted_suffix", "leave values of keys that end with this in clear text"),
  selectorFlag("encrypted_suffix", "encrypt only values of keys that end with this"),
  selectorFlag("unencrypted_regex", "leave values of keys that match this in clear text"),
  selectorFlag("encrypted_regex", "encrypt only values of keys that match this"),
  selectorFlag("unencrypted_comment_regex", "leave values below comments that match this in clear text"),
  selectorFlag("encrypted_comment_regex", "encrypt only values below comments that match this"),
]);

export const KEY_SERVICE: readonly OptionSpec[] = under(SERVICES, [
  flag("keyservice", "also ask this key service: tcp://host:port or unix:///path", {
    value: "uri",
    many: true,
    env: "SOPS_KEYSERVICE",
  }),
  flag("enable-local-keyservice", "use the keys of this machine; =false: only key services", {
    on: true,
    env: "SOPS_ENABLE_LOCAL_KEYSERVICE",
  }),
]);

/** The flags of `enc keyservice` itself. */
export const KEY_SERVER: readonly OptionSpec[] = [
  flag("network", "tcp or unix; default: tcp", { alias: "net", value: "network" }),
  flag("address", "host:port, or the path of a socket; default: 127.0.0.1:5000", {
    alias: "addr",
    value: "address",
  }),
  flag("prompt", "ask before each use of a key"),
];

/** Name of a flag as commander answers it: `gcp-kms` is `gcpKms`. */
export function keyOf(long: string): string {
  return long.replace(/-(.)/g, (_, c: string) => c.toUpperCase());
}

export const SET_VALUE: readonly OptionSpec[] = [
  flag("value-file", "read the value (JSON) from the file that is named in its place"),
  flag("value-stdin", "read the value (JSON) from stdin"),
];

export const SHOW_MASTER_KEYS = flag(
  "show-master-keys",
  "show the sops block in the editor and take its keys back",
  {
    short: "s",
  },
);

/** Flags of the commands that take many files. */
export const MANY: readonly OptionSpec[] = [
  flag("recursive", "take folders with all below them; a folder alone does the same", { short: "R" }),
  flag("json", "tell on stdout, as JSON, what became of each file"),
];
export const FILE = flag("file", "a file, folder or glob to change; may be given several times", {
  value: "file",
  many: true,
});
export const YES = flag("yes", "do not ask", { short: "y" });
export const EXTRACT = flag("extract", `print only what stands at this path: '["a"][0]'`, { value: "path" });

/** Of exec-env and exec-file. */
export const EXEC: readonly OptionSpec[] = [
  flag("user", "run the command as this user, with their groups (root only)", { value: "name" }),
  flag("background", "do not wait for the command (deprecated in sops)"),
];

export const EXEC_ENV: readonly OptionSpec[] = [
  flag("pristine", "give the command nothing of the present environment"),
  flag("same-process", "run the command in place of enc, not as its child"),
];

export const EXEC_FILE: readonly OptionSpec[] = [
  flag("no-fifo", "use a regular file, for commands that seek in it or write to it"),
  flag("filename", "the name of the plaintext file; default: tmp-file", { value: "name" }),
];

export const PUBLISH: readonly OptionSpec[] = [
  flag("omit-extensions", "leave the extension of a file's name out at the destination"),
  flag("recursive", "publish every encrypted file of a folder", { short: "R" }),
];

/** sops' older flags for what are commands now, and the two that stand for themselves. */
export const LEGACY_OPTIONS: readonly OptionSpec[] = [
  flag("encrypt", "the command encrypt", { short: "e" }),
  flag("decrypt", "the command decrypt", { short: "d" }),
  flag("rotate", "the command rotate", { short: "r" }),
  flag("set", `the command set: '["a"]["b"] "value"'`, { value: "path value" }),
  flag("help", "show this help", { short: "h" }),
  flag("version", "print the version", { short: "v" }),
];

/** Which words are flags, and which of them take a value, does not depend on the command. */
export const ALL_OPTIONS: readonly OptionSpec[] = [
  ...GLOBAL_OPTIONS,
  ...LEGACY_OPTIONS,
  ...IN_PLACE,
  KEEP_DATA_KEY,
  ...TYPES,
  ALL_KEYS,
  FILENAME_OVERRIDE,
  IGNORE_MAC,
  IDEMPOTENT,
  DECRYPTION_ORDER,
  ...MASTER_KEYS,
  ...KEY_CHANGES,
  ...SELECTORS,
  ...KEY_SERVICE,
  ...KEY_SERVER,
  ...SET_VALUE,
  SHOW_MASTER_KEYS,
  EXTRACT,
  ...EXEC,
  ...EXEC_ENV,
  ...EXEC_FILE,
  GROUP_FILE,
  ...MANY,
  FILE,
  YES,
  ...PUBLISH,
];
