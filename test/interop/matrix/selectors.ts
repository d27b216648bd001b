import { type Case, differs, row } from "./case.ts";

const PLAIN = {
  yaml: "# pass\npass: a\nuser: b\n# keep\nnest:\n    pass_x: c\n    other: 1\n    more:\n        - pass: d\n        - e\nend_clear: f\n",
  json: `{\n\t"pass": "a",\n\t"user": "b",\n\t"nest": {\n\t\t"pass_x": "c",\n\t\t"other": 1\n\t},\n\t"end_clear": "f"\n}\n`,
  env: "# pass\npass=a\n# keep\nuser=b\npass_x=c\nend_clear=f\n",
  ini: "[pass]\n; keep\nuser = a\nother = b\n\n[nest]\npass_x    = c\nend_clear = f\n",
} as const;

const FLAGS: readonly string[] = [
  "--unencrypted-suffix _clear",
  "--unencrypted-suffix x",
  "--encrypted-suffix _x",
  "--encrypted-suffix s",
  "--unencrypted-regex ^pass",
  "--unencrypted-regex '^(user|nest)$'",
  "--unencrypted-regex .*",
  "--encrypted-regex ^pass",
  "--encrypted-regex 'pass|end'",
  "--encrypted-regex '(?i)PASS'",
  "--encrypted-regex .",
];

const matrix = Object.entries(PLAIN).flatMap(([ext, plain]) =>
  FLAGS.flatMap((flags) => [
    row(`${ext} ${flags}`, { [`f.${ext}`]: plain }, [`encrypt --age $AGE1 ${flags} f.${ext}`]),
    row(`${ext} ${flags}, MAC over the sealed`, { [`f.${ext}`]: plain }, [
      `--mac-only-encrypted encrypt -i --age $AGE1 ${flags} f.${ext}`,
    ]),
  ]),
);

const COMMENT_RULES = [
  "encrypted_comment_regex: keep",
  "unencrypted_comment_regex: keep",
  "unencrypted_comment_regex: ^never$",
];

const comments = (["yaml", "env", "ini"] as const).flatMap((ext) =>
  COMMENT_RULES.map((rule) =>
    row(
      `${ext} ${rule}`,
      { ".sops.yaml": `creation_rules:\n  - age: $AGE1\n    ${rule}\n`, [`f.${ext}`]: PLAIN[ext] },
      `encrypt f.${ext}`,
    ),
  ),
);

const TWO = ["--unencrypted-suffix", "--encrypted-suffix", "--unencrypted-regex", "--encrypted-regex"];
const pairs = TWO.flatMap((a, i) =>
  TWO.slice(i + 1).map((b) =>
    row(`${a} and ${b}`, { "f.yaml": PLAIN.yaml }, `encrypt --age $AGE1 ${a} pass ${b} user f.yaml`),
  ),
);

const NOTHING = differs("`encrypted_*` selector that matches no value", "exit", "stdout");
const INVALID = differs("invalid regex as selector", "exit", "stdout");

export const selectorCases: readonly Case[] = [
  ...matrix,
  ...comments,
  ...pairs,
  row(
    "an encrypted regex that matches nothing",
    { "f.yaml": PLAIN.yaml },
    "encrypt --age $AGE1 --encrypted-regex nowhere f.yaml",
    NOTHING,
  ),
  row(
    "an encrypted suffix that matches nothing",
    { "f.json": PLAIN.json },
    "encrypt --age $AGE1 --encrypted-suffix nowhere f.json",
    NOTHING,
  ),
  row(
    "an encrypted regex that is none",
    { "f.yaml": PLAIN.yaml },
    "encrypt --age $AGE1 --encrypted-regex '(' f.yaml",
    INVALID,
  ),
  row(
    "an unencrypted regex that is none",
    { "f.yaml": PLAIN.yaml },
    "encrypt --age $AGE1 --unencrypted-regex '(?=x)' f.yaml",
    INVALID,
  ),
  row("an empty suffix", { "f.yaml": PLAIN.yaml }, "encrypt --age $AGE1 --unencrypted-suffix '' f.yaml"),
  row("an empty regex", { "f.yaml": PLAIN.yaml }, "encrypt --age $AGE1 --encrypted-regex '' f.yaml"),
  row("binary has no selector", { "f.bin": "text" }, "encrypt --age $AGE1 --encrypted-regex x f.bin"),
  row("binary has no MAC choice", { "f.bin": "text" }, "--mac-only-encrypted encrypt --age $AGE1 f.bin"),
];
