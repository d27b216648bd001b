import { type Case, type CaseOptions, differs, row, sealed } from "./case.ts";

const PLAIN = "pass: a\nuser: b\n";

function rules(name: string, config: string, line = "encrypt f.yaml", more: CaseOptions = {}): Case {
  const files = { ".sops.yaml": config, "f.yaml": PLAIN, "f.json": `{"pass": "a"}\n`, "sub/g.yaml": PLAIN };
  return row(name, files, line, more);
}

const rule = (...lines: readonly string[]): string =>
  `creation_rules:\n${lines.map((line, i) => `${i === 0 ? "  - " : "    "}${line}\n`).join("")}`;
const AGE = "age: $AGE1";
const UNKNOWN = differs("unknown keys in the config", "exit", "stdout");

const matching = [
  rules("a rule without a path", rule(AGE)),
  rules("a rule that matches", rule(AGE, "path_regex: \\.yaml$")),
  rules("a rule that does not match", rule(AGE, "path_regex: \\.json$")),
  rules(
    "the first that matches",
    `${rule("path_regex: json", AGE)}  - path_regex: yaml\n    age: $AGE2\n  - age: $AGE3\n`,
  ),
  rules("an anchored path", rule(AGE, "path_regex: ^f\\.yaml$")),
  rules("an anchored folder", rule(AGE, "path_regex: ^sub/"), "encrypt sub/g.yaml"),
  rules("an anchored folder, another file", rule(AGE, "path_regex: ^sub/")),
  rules("a file with a dot before it", rule(AGE, "path_regex: ^f\\.yaml$"), "encrypt ./f.yaml"),
  rules("a file with two dots", rule(AGE, "path_regex: ^f\\.yaml$"), "encrypt sub/../f.yaml"),
  rules("by another name", rule(AGE, "path_regex: ^prod/"), "encrypt --filename-override prod/x.yaml f.yaml"),
  rules("stdin by another name", rule(AGE, "path_regex: ^prod/"), "encrypt --filename-override prod/x.yaml", {
    stdin: PLAIN,
  }),
  rules("a path that is no regex", rule(AGE, "path_regex: '('")),
  rules("a path with a look-ahead", rule(AGE, "path_regex: 'f(?=x)'")),
  rules("a path without regard to case", rule(AGE, "path_regex: (?i)F\\.YAML")),
  rules(
    "a rule that does not match, with keys from flags",
    rule(AGE, "path_regex: json"),
    "encrypt --age $AGE2 f.yaml",
  ),
  rules("keys from flags replace those of the rule", rule(AGE), "encrypt --age $AGE2 f.yaml"),
  rules("an empty path", rule(AGE, 'path_regex: ""')),
];

const keys = [
  rules("two keys with a comma", rule("age: $AGE1,$AGE2")),
  rules("two keys folded", rule("age: >-", "  $AGE1,", "  $AGE2")),
  rules("two keys as a list", rule("age: [$AGE1, $AGE2]")),
  rules("blanks around keys", rule('age: " $AGE1 , $AGE2 "')),
  rules("a key twice", rule("age: $AGE1,$AGE1")),
  rules("no key", rule("path_regex: yaml")),
  rules("an empty key", rule('age: ""')),
  rules("an empty list of keys", rule("age: []")),
  rules("a key that is none", rule("age: age1nonsense")),
  rules("no key groups", rule("key_groups: []")),
  rules("an empty key group", rule("key_groups: [{}]")),
  rules("one key group", rule("key_groups:", "- age: [$AGE1]")),
  rules("one group of two", rule("key_groups:", "- age: [$AGE1, $AGE2]")),
  rules("two groups", rule("key_groups:", "- age: [$AGE1]", "- age: [$AGE2]")),
  rules(
    "two groups and a threshold",
    rule("shamir_threshold: 1", "key_groups:", "- age: [$AGE1]", "- age: [$AGE2]"),
  ),
  rules(
    "three groups, two needed",
    rule("shamir_threshold: 2", "key_groups:", "- age: [$AGE1]", "- age: [$AGE2]", "- age: [$AGE3]"),
  ),
  rules(
    "a threshold above the groups",
    rule("shamir_threshold: 3", "key_groups:", "- age: [$AGE1]", "- age: [$AGE2]"),
  ),
  rules("a threshold of one group", rule("shamir_threshold: 2", "key_groups:", "- age: [$AGE1]")),
  rules(
    "a threshold by flag",
    rule("key_groups:", "- age: [$AGE1]", "- age: [$AGE2]"),
    "encrypt --shamir-secret-sharing-threshold 2 f.yaml",
  ),
  rules("groups and keys beside them", rule("age: $AGE3", "key_groups:", "- age: [$AGE1]", "- age: [$AGE2]")),
  rules("a merged group", rule("key_groups:", "- merge:", "  - age: [$AGE2]", "  age: [$AGE1]")),
  rules("a key twice in a group", rule("key_groups:", "- age: [$AGE1, $AGE1]")),
  rules("a key in both groups", rule("key_groups:", "- age: [$AGE1]", "- age: [$AGE1]")),
];

const SELECTORS = [
  "unencrypted_suffix: s",
  "encrypted_suffix: s",
  "unencrypted_regex: ^pass$",
  "encrypted_regex: ^pass$",
];

const selectors = [
  ...SELECTORS.map((selector) => rules(`a selector ${selector}`, rule(AGE, selector))),
  ...SELECTORS.map((selector) =>
    rules(`${selector} and the MAC`, rule(AGE, selector, "mac_only_encrypted: true")),
  ),
  ...SELECTORS.map((selector) =>
    rules(`${selector} beside a flag`, rule(AGE, selector), "encrypt --encrypted-regex user f.yaml"),
  ),
  rules("two selectors", rule(AGE, "encrypted_regex: a", "unencrypted_regex: b")),
  rules(
    "two selectors of another rule",
    `${rule("path_regex: json", AGE, "encrypted_regex: a", "unencrypted_regex: b")}  - age: $AGE1\n`,
    "encrypt f.yaml",
    differs("two selectors in a rule that is not used", "exit", "stdout"),
  ),
  rules("MAC over the sealed, false", rule(AGE, "encrypted_regex: pass", "mac_only_encrypted: false")),
  rules("MAC by flag", rule(AGE, "encrypted_regex: pass"), "--mac-only-encrypted encrypt f.yaml"),
  rules("an empty selector", rule(AGE, 'encrypted_regex: ""')),
];

const bad = [
  rules("empty", ""),
  rules("only a comment", "# nothing\n"),
  rules("no rules", "creation_rules: []\n"),
  rules("rules that are null", "creation_rules:\n"),
  rules("only stores", "stores:\n  yaml:\n    indent: 2\n"),
  rules("not YAML", "creation_rules: [\n"),
  rules("a list", "- a\n"),
  rules("rules that are a text", "creation_rules: text\n"),
  rules("a rule that is a text", "creation_rules: [text]\n"),
  rules("a threshold that is a text", rule(AGE, "shamir_threshold: many")),
  rules("an unknown key of a rule", rule(AGE, "path_regexp: yaml"), "encrypt f.yaml", UNKNOWN),
  rules("an unknown key at the top", `${rule(AGE)}creation_rule: []\n`, "encrypt f.yaml", UNKNOWN),
  rules("broken, in decrypt", "stores: [\n", "decrypt f.yaml"),
  rules("keys from flags and an empty config", "", "encrypt --age $AGE1 f.yaml"),
  rules("keys from flags and a config without rules", "creation_rules: []\n", "encrypt --age $AGE1 f.yaml"),
];

const stores = [2, 3, 4, 8].flatMap((n) => [
  rules(
    `indent of YAML ${String(n)}`,
    `${rule(AGE)}stores:\n  yaml:\n    indent: ${String(n)}\n`,
    "encrypt --input-type json --output-type yaml f.json",
  ),
  rules(
    `indent of JSON ${String(n)}`,
    `${rule(AGE)}stores:\n  json:\n    indent: ${String(n)}\n`,
    "encrypt --output-type json f.yaml",
  ),
  rules(
    `indent of binary ${String(n)}`,
    `${rule(AGE)}stores:\n  json_binary:\n    indent: ${String(n)}\n`,
    "encrypt --input-type binary f.yaml",
  ),
]);

const EXIT = ["exit"] as const;
const EXIT_AND_STDOUT = ["exit", "stdout"] as const;
const OTHER = `creation_rules:\n  - age: $AGE2\n`;
const named = [
  row("named by a flag", { "f.yaml": PLAIN, "other.yaml": OTHER }, "--config other.yaml encrypt f.yaml"),
  row("named by a variable", { "f.yaml": PLAIN, "other.yaml": OTHER }, "encrypt f.yaml", {
    env: { SOPS_CONFIG: "other.yaml" },
  }),
  row(
    "the flag before the variable",
    { "f.yaml": PLAIN, "other.yaml": OTHER, "third.yaml": "x: [" },
    "--config other.yaml encrypt f.yaml",
    { env: { SOPS_CONFIG: "third.yaml" } },
  ),
  row("a config that is not there", { "f.yaml": PLAIN }, "--config none.yaml encrypt f.yaml"),
  row(
    "a config that is not there, with keys",
    { "f.yaml": PLAIN },
    "--config none.yaml encrypt --age $AGE1 f.yaml",
  ),
  row(
    "an empty config by name",
    { "f.yaml": PLAIN, ".sops.yaml": OTHER },
    "--config /dev/null encrypt f.yaml",
  ),
  row(
    "an empty config by name, with keys",
    { "f.yaml": PLAIN, ".sops.yaml": OTHER },
    "--config /dev/null encrypt --age $AGE1 f.yaml",
  ),
  ...["none.yaml", ".", "bad.yaml"].flatMap((config) =>
    ["decrypt f.yaml", "rotate f.yaml", "-d f.yaml"].map((line) =>
      row(
        `${line} with the config ${config}`,
        { "f.yaml": sealed("yaml", PLAIN), "bad.yaml": "stores: [\n" },
        `--config ${config} ${line}`,
      ),
    ),
  ),
  ...["filestatus f.yaml", "exec-env f.yaml true"].map((line) =>
    row(
      `${line} with a broken config`,
      { "f.yaml": sealed("yaml", PLAIN), ".sops.yaml": "stores: [\n" },
      line,
      differs("a config that cannot be parsed", ...(line.startsWith("exec") ? EXIT : EXIT_AND_STDOUT)),
    ),
  ),
  row(
    "decrypt with a config whose rules are broken",
    { "f.yaml": sealed("yaml", PLAIN), ".sops.yaml": "creation_rules: [\n" },
    "decrypt f.yaml",
    differs("a config that cannot be parsed", ...EXIT_AND_STDOUT),
  ),
  row("no config", { "f.yaml": PLAIN }, "encrypt f.yaml"),
  row("a config by the wrong name", { "f.yaml": PLAIN, ".sops.yml": OTHER }, "encrypt f.yaml"),
  row(
    "a config in the file's folder",
    { "sub/f.yaml": PLAIN, "sub/.sops.yaml": OTHER },
    "encrypt sub/f.yaml",
    differs("search for the config", "exit", "stdout"),
  ),
  row(
    "the same, searched as sops does",
    { "sub/f.yaml": PLAIN, "sub/.sops.yaml": OTHER },
    "encrypt sub/f.yaml",
    { env: { SOPS_TS_CONFIG_SEARCH: "cwd" } },
  ),
  row(
    "a config above in another folder",
    { "sub/f.yaml": PLAIN, "sub/.sops.yaml": OTHER, ".sops.yaml": rule(AGE) },
    "encrypt sub/f.yaml",
    { env: { SOPS_TS_CONFIG_SEARCH: "cwd" } },
  ),
];

/** Who can open the file tells in which text the rule's path was looked for. */
const BY_PLACE = `creation_rules:
  - {path_regex: '^f\\.yaml$', age: $AGE1}
  - {path_regex: '^sub/', age: $AGE2}
  - {path_regex: '^/.*/else/', age: $AGE3}
  - {path_regex: '^/', age: "$AGE1,$AGE3"}
  - age: $AGE1,$AGE2
`;
const PLACES: readonly (readonly [file: string, config: string, folder: string])[] = [
  ["f.yaml", "", ""],
  ["sub/f.yaml", "", ""],
  ["sub/f.yaml", "", "sub"],
  ["sub/sub/f.yaml", "sub", "sub/sub"],
  ["sub/f.yaml", "", "sub/deep/er"],
  ["else/f.yaml", "proj", "proj"],
  ["else/f.yaml", "proj", "proj/sub"],
  ["else/sub/f.yaml", "proj", "proj"],
  ["projects/f.yaml", "proj", "proj"],
  ["f.yaml", "proj", "proj"],
  ["sub/f.yaml", "proj", "proj/sub/deep"],
];
const place = (
  [file, config, folder]: (typeof PLACES)[number],
  way: "absolute" | "relative",
  asSops: boolean,
): Case => {
  const up = folder === "" ? "." : folder.replace(/[^/]+/g, "..");
  const typed = way === "absolute" ? `$DIR/${file}` : `${up}/${file}`;
  const name = `${asSops ? "as sops: " : ""}${file} by its ${way} path, the config in "${config}", called in "${folder}"`;
  const files = { [file]: PLAIN, [`${config === "" ? "" : `${config}/`}.sops.yaml`]: BY_PLACE };
  return row(name, files, `encrypt ${typed}`, { folder, asSops });
};

const places = PLACES.flatMap((at) =>
  [false, true].flatMap((asSops) => [place(at, "absolute", asSops), place(at, "relative", asSops)]),
);

const AS_SOPS = { asSops: true };
const byName = [
  row(
    "as sops: a config in the file's folder",
    { "sub/f.yaml": PLAIN, "sub/.sops.yaml": OTHER },
    "encrypt sub/f.yaml",
    AS_SOPS,
  ),
  row(
    "as sops: a config in the file's folder and one in the working directory",
    { "sub/f.yaml": PLAIN, "sub/.sops.yaml": OTHER, ".sops.yaml": rule(AGE) },
    "encrypt sub/f.yaml",
    AS_SOPS,
  ),
  row(
    "as sops: .sops-ts.yaml beside .sops.yaml",
    { "f.yaml": PLAIN, ".sops-ts.yaml": OTHER, ".sops.yaml": rule(AGE) },
    "encrypt f.yaml",
    AS_SOPS,
  ),
  row("as sops: .sops-ts.yaml alone", { "f.yaml": PLAIN, ".sops-ts.yaml": OTHER }, "encrypt f.yaml", AS_SOPS),
  row(
    "as sops: keys from flags beside .sops-ts.yaml",
    { "f.yaml": PLAIN, ".sops-ts.yaml": rule(AGE, "encrypted_regex: ^pass$") },
    "encrypt --age $AGE2 f.yaml",
    AS_SOPS,
  ),
  ...[
    ["of a rule", rule(AGE, "path_regexp: json", "encrypted_regexp: x")],
    ["at the top", `${rule(AGE)}creation_rule: []\nnotes: text\n`],
    ["of a group", rule("key_groups:", "- age: [$AGE1]", "  ages: [$AGE2]")],
    ["of a store", `${rule(AGE)}stores: {yaml: {indent: 2, width: 3}, toml: {}}\n`],
    ["of a destination", `${rule(AGE)}destination_rules: [{s3_bucket: b, region: c}]\n`],
  ].map(([where = "", config = ""]) =>
    row(
      `as sops: an unknown key ${where}`,
      { "f.yaml": PLAIN, ".sops.yaml": config },
      "encrypt f.yaml",
      AS_SOPS,
    ),
  ),
];

const destinations = [
  ["an unknown key", "[{s3_bucket: b, some_extension: 1}]"],
  ["two destinations", "[{s3_bucket: b, gcs_bucket: c}]"],
  ["a bad pattern", "[{s3_bucket: b, path_regex: '('}]"],
].map(([what = "", list = ""]) =>
  rules(`destination rules with ${what} do not stop encrypt`, `destination_rules: ${list}\n${rule(AGE)}`),
);

export const configCases: readonly Case[] = [
  ...matching,
  ...keys,
  ...selectors,
  ...bad,
  ...stores,
  ...named,
  ...places,
  ...byName,
  ...destinations,
];
