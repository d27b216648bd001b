import { FORMAT_NAMES } from "../../../src/core/model/format.ts";
import { type Case, differs, row, sealed } from "./case.ts";
import { DATA, EXTENSION, FLAT } from "./documents.ts";

const YAML = { "f.yaml": sealed("yaml", FLAT.yaml) };

/** An editor that is one line of shell; `$1` is the file. */
const editor = (script: string): string => `sh -c '${script}' editor`;
const edited = (
  script: string,
  more: Readonly<Record<string, string>> = {},
): { env: Record<string, string> } => ({
  env: { EDITOR: editor(script), ...more },
});

const CHANGES = {
  yaml: `printf "c: new\\n" >> "$1"`,
  json: `sed -i "s/\\"x\\"/\\"changed\\"/" "$1"`,
  dotenv: `printf "c=new\\n" >> "$1"`,
  ini: `printf "c = new\\n" >> "$1"`,
  binary: `printf more >> "$1"`,
} as const;

const EXAMPLE = differs("`edit` of a new file", "files");

const formats = FORMAT_NAMES.flatMap((type) => {
  const name = `f.${EXTENSION[type]}`;
  const files = { [name]: sealed(type, FLAT[type]) };
  return [
    row(`${type} changed`, files, [`edit ${name}`], edited(CHANGES[type])),
    row(`${type} unchanged`, files, [`edit ${name}`], edited(":")),
    row(`${type} touched`, files, [`edit ${name}`], edited(`cp "$1" "$1.x"; mv "$1.x" "$1"`)),
    row(
      `${type} as the editor sees it`,
      { [name]: sealed(type, DATA[type]) },
      [`edit ${name}`],
      edited(`cat "$1" > seen; basename "$1" >> seen`),
    ),
    row(`a new ${type}`, {}, [`edit --age $AGE1 ${name}`], {
      ...edited(type === "json" ? `sed -i "s/example_value/changed/" "$1"` : CHANGES[type]),
      ...EXAMPLE,
    }),
    row(`a new ${type}, the example`, {}, [`edit --age $AGE1 ${name}`], {
      ...edited(`cat "$1" > seen`),
      ...EXAMPLE,
    }),
    row(`a new ${type}, unchanged`, {}, [`edit --age $AGE1 ${name}`], edited(":")),
    row(
      `a new ${type}, all of it replaced`,
      { new: FLAT[type] },
      [`edit --age $AGE1 ${name}`],
      edited(`cp new "$1"`),
    ),
  ];
});

const RULES = { ".sops.yaml": "creation_rules:\n  - path_regex: f\\.yaml$\n    age: $AGE2\n" };

export const editCases: readonly Case[] = [
  ...formats,
  row("no file", {}, "edit", edited(":")),
  row("a folder", { "d.yaml": { folder: true } }, "edit d.yaml", edited(":")),
  row("a plain file", { "f.yaml": FLAT.yaml }, "edit f.yaml", edited(":")),
  row("an empty file", { "f.yaml": "" }, "edit f.yaml", edited(":")),
  row("an editor that fails", YAML, "edit f.yaml", edited("exit 3")),
  row("an editor that is not there", YAML, "edit f.yaml", { env: { EDITOR: "no-such-editor-here" } }),
  row("an editor with an open quote", YAML, "edit f.yaml", { env: { EDITOR: "sh '" } }),
  row("no editor anywhere", YAML, "edit f.yaml", { env: { PATH: "/nowhere" } }),
  row(
    "SOPS_EDITOR comes first",
    YAML,
    "edit f.yaml",
    edited("exit 3", { SOPS_EDITOR: editor(CHANGES.yaml) }),
  ),
  row("an empty SOPS_EDITOR", YAML, "edit f.yaml", edited(CHANGES.yaml, { SOPS_EDITOR: "" })),
  row("a value changed", YAML, "edit f.yaml", edited(`sed -i "s/a: x/a: z/" "$1"`)),
  row("a value removed", YAML, "edit f.yaml", edited(`sed -i "/^a:/d" "$1"`)),
  row("a type changed", YAML, "edit f.yaml", edited(`sed -i "s/a: x/a: 5/" "$1"`)),
  row(
    "the layout changed alone",
    { "f.json": sealed("json", FLAT.json) },
    "edit f.json",
    edited(`printf "\\n" >> "$1"`),
  ),
  row("with no key", YAML, "edit f.yaml", { env: { SOPS_AGE_KEY: "$KEY2", EDITOR: editor(CHANGES.yaml) } }),
  row("a wrong MAC", tampered(), "edit f.yaml", edited(CHANGES.yaml)),
  row("a wrong MAC, ignored", tampered(), "edit --ignore-mac f.yaml", edited(CHANGES.yaml)),
  row(
    "a bad version",
    {
      "f.yaml": sealed("yaml", FLAT.yaml, {
        change: (t) => t.replace("version: 3.13.3", "version: nonsense"),
      }),
    },
    "edit f.yaml",
    { ...edited(CHANGES.yaml), ...differs("a sealed file with no `version`", "exit") },
  ),
  row(
    "an older version",
    {
      "f.yaml": sealed("yaml", FLAT.yaml, { change: (t) => t.replace("version: 3.13.3", "version: 3.7.0") }),
    },
    "edit f.yaml",
    edited(CHANGES.yaml),
  ),
  row(
    "a newer version",
    {
      "f.yaml": sealed("yaml", FLAT.yaml, { change: (t) => t.replace("version: 3.13.3", "version: 9.0.0") }),
    },
    "edit f.yaml",
    edited(CHANGES.yaml),
  ),
  row("a new file by a rule", RULES, "edit f.yaml", { ...edited(CHANGES.yaml), ...EXAMPLE }),
  row("a new file and no rule", RULES, "edit other.yaml", edited(CHANGES.yaml)),
  row("a new file and no config", {}, "edit f.yaml", edited(CHANGES.yaml)),
  row("a new file for nobody", {}, "edit --age age1nonsense f.yaml", edited(CHANGES.yaml)),
  row("a new file in a missing folder", {}, "edit --age $AGE1 none/f.yaml", edited(CHANGES.yaml)),
  row("a new file with a selector", {}, "edit --age $AGE1 --encrypted-regex ^c$ f.yaml", {
    ...edited(CHANGES.yaml),
    ...EXAMPLE,
  }),
  row(
    "an old file needs no rule",
    { ...RULES, "other.yaml": sealed("yaml", FLAT.yaml) },
    "edit other.yaml",
    edited(CHANGES.yaml),
  ),
  row(
    "another type",
    { f: sealed("yaml", FLAT.yaml) },
    "edit --input-type yaml --output-type yaml f",
    edited(CHANGES.yaml),
  ),
  row("flags behind the file", YAML, "edit f.yaml --ignore-mac", edited(CHANGES.yaml)),
  row("in an order with a type twice", YAML, "edit --decryption-order age,age f.yaml", edited(CHANGES.yaml)),
  row("with the keys shown, unchanged", YAML, "edit -s f.yaml", edited(":")),
  row("with the keys shown, a value changed", YAML, "edit --show-master-keys f.yaml", {
    ...edited(`sed -i "s/a: x/a: z/" "$1"`),
    ...differs("`edit --show-master-keys`", "files"),
  }),
];

function tampered(): Case["files"] {
  const plain = "a: x\nb_unencrypted: y\n";
  return {
    "f.yaml": sealed("yaml", plain, {
      change: (text) => text.replace("b_unencrypted: y", "b_unencrypted: z"),
    }),
  };
}
