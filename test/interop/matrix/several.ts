import { type Case, type CaseOptions, differs, row, sealed } from "./case.ts";
import { FLAT } from "./documents.ts";
import { BELOW } from "./set.ts";

const F = { "f.yaml": sealed("yaml", FLAT.yaml) };
const JSON_FILE = { "f.json": sealed("json", FLAT.json) };
const rule = (keys: string): Readonly<Record<string, string>> => ({
  ".sops.yaml": `creation_rules:\n  - ${keys}\n`,
});
const TWO_GROUPS = "key_groups:\n      - age: [$AGE1]\n      - age: [$AGE2]";

/** The same line may stand twice, in another environment. */
const numbered = (each: Case, i: number): Case => ({ ...each, name: `${String(i + 1)}: ${each.name}` });

const group = (line: string, files: Case["files"] = F, more: CaseOptions = {}): Case =>
  row(line, files, line, more);

export const groupCases: readonly Case[] = [
  group("groups add --file f.yaml --age $AGE2"),
  group("groups add -f f.yaml --age $AGE2 -i"),
  group("groups add -f f.yaml --age $AGE2 --age $AGE3 -i"),
  group(
    "groups add -f f.yaml --age $AGE2 -i --shamir-secret-sharing-threshold 1",
    F,
    differs("or with a threshold that the groups cannot meet", "exit", "files"),
  ),
  group("groups add -f f.yaml --age $AGE2 -i --shamir-secret-sharing-threshold 2"),
  group("groups add -f f.json --age $AGE2 -i", JSON_FILE),
  group("groups add -f missing.yaml --age $AGE2"),
  group("groups add -f p.yaml --age $AGE2", { "p.yaml": FLAT.yaml }),
  group("groups add -f f.yaml --age $AGE2", F, {
    env: { SOPS_AGE_KEY: "$KEY2" },
    ...differs("`groups` where no key opens the file", "exit"),
  }),
  row(
    "adds a group and removes it",
    F,
    [
      "groups add -f f.yaml --age $AGE2 -i",
      "groups delete -f f.yaml -i --shamir-secret-sharing-threshold 1 1",
    ],
    { env: { SOPS_AGE_KEY: "$KEYS" } },
  ),
  group("groups delete -f missing.yaml 0"),
  group("groups delete -f f.yaml x"),
  group("groups delete -f f.yaml"),
].map(numbered);

const QUESTION = differs("`updatekeys`: the question", "stdout");

const update = (name: string, keys: string, line: string, more: CaseOptions = {}): Case =>
  row(name, { ...F, ...rule(keys) }, line, more);

export const updateKeysCases: readonly Case[] = [
  update("nothing to do", "age: $AGE1", "updatekeys -y f.yaml"),
  update("a key more", "age: $AGE1,$AGE2", "updatekeys -y f.yaml"),
  update("a key more, --yes", "age: $AGE1,$AGE2", "updatekeys --yes f.yaml"),
  update("another key", "age: $AGE2", "updatekeys -y f.yaml"),
  update("two groups", TWO_GROUPS, "updatekeys -y f.yaml"),
  update("answered yes", "age: $AGE1,$AGE2", "updatekeys f.yaml", { stdin: "y\n", ...QUESTION }),
  update("answered no", "age: $AGE1,$AGE2", "updatekeys f.yaml", { stdin: "n\n", ...QUESTION }),
  update("not answered", "age: $AGE1,$AGE2", "updatekeys f.yaml", QUESTION),
  update("no rule", "path_regex: json\n    age: $AGE2", "updatekeys -y f.yaml"),
  update("a missing file", "age: $AGE1,$AGE2", "updatekeys -y missing.yaml"),
  update("no file", "age: $AGE1,$AGE2", "updatekeys -y"),
  update("a type by flag", "age: $AGE1,$AGE2", "updatekeys -y --input-type yaml f.yaml"),
  update("with no key", "age: $AGE1,$AGE2", "updatekeys -y f.yaml", { env: { SOPS_AGE_KEY: "$KEY3" } }),
  row("no config", F, "updatekeys -y f.yaml"),
  row("a plain file", { "f.yaml": FLAT.yaml, ...rule("age: $AGE1") }, "updatekeys -y f.yaml"),
];

const execFile = (line: string, files: Case["files"] = F, more: CaseOptions = {}): Case =>
  row(line, files, line, { asProgram: true, ...more });

export const execFileCases: readonly Case[] = [
  execFile("exec-file f.yaml 'cat {}'"),
  execFile("exec-file --no-fifo f.yaml 'cat {} {}'"),
  execFile("exec-file --output-type json f.yaml 'cat {}'"),
  execFile("exec-file f.json 'cat {}'", JSON_FILE),
  execFile("exec-file --no-fifo --filename foobar f.yaml 'basename {}'"),
  execFile("exec-file --filename ../x f.yaml 'cat {}'"),
  execFile("exec-file --filename /x f.yaml 'cat {}'"),
  // sops fails where the command has ended before sops has opened the FIFO.
  execFile("exec-file f.yaml 'sleep 0.5; exit 7'"),
  execFile("exec-file f.yaml 'sleep 0.5; echo none'"),
  execFile("exec-file f.yaml"),
  execFile("exec-file missing.yaml 'cat {}'"),
  execFile("exec-file f.yaml 'cat {}'", F, { env: { SOPS_AGE_KEY: "$KEY2" } }),
].map(numbered);

const legacy = (line: string, files: Case["files"] = F, more: CaseOptions = {}): Case =>
  row(line, files, line, more);
const RULED = { ...F, "p.yaml": FLAT.yaml, ...rule("age: $AGE1") };
const EDITOR = { env: { EDITOR: `sh -c 'printf "c: new\\n" >> "$1"' editor` } };

export const legacyCases: readonly Case[] = [
  legacy("-d f.yaml"),
  legacy("--decrypt f.yaml"),
  legacy("-d -i f.yaml"),
  legacy("-d --output out f.yaml"),
  legacy("-d --output-type json f.yaml"),
  legacy(`-d --extract '["a"]' f.yaml`),
  legacy("-d missing.yaml"),
  legacy("-d"),
  legacy("-d f.yaml", F, { env: { SOPS_AGE_KEY: "$KEY2" } }),
  legacy("-e p.yaml", RULED),
  legacy("-e -i p.yaml", RULED),
  legacy("--encrypt --age $AGE2 p.yaml", RULED),
  legacy("-e --age $AGE1 p.yaml", { "p.yaml": FLAT.yaml }),
  legacy("-e --age $AGE1 --encrypted-regex ^a$ p.yaml", { "p.yaml": FLAT.yaml }),
  legacy("-e f.yaml", RULED),
  legacy("-e missing.yaml", RULED),
  legacy("-r f.yaml", RULED),
  legacy("-r -i f.yaml", RULED),
  legacy("-r -i --add-age $AGE2 f.yaml", RULED),
  legacy(`--set '["a"] "new"' f.yaml`, RULED),
  legacy(`--set '["a"]["b"] {"x": "y"}' f.yaml`, RULED, BELOW),
  legacy(`--set '["a"]' f.yaml`, RULED),
  legacy(`--set 'a "x"' f.yaml`, RULED),
  legacy("f.yaml", RULED, EDITOR),
  legacy("-s f.yaml", RULED, { env: { EDITOR: "true" } }),
  legacy("f.yaml", RULED, { env: { EDITOR: "true", SOPS_DECRYPTION_ORDER: "age" } }),
].map(numbered);
