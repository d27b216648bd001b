import { type Case, differs, row, sealed } from "./case.ts";
import { DATA, FLAT, YAML_DOCUMENTS } from "./documents.ts";

const SCALARS = `s: text
i: 1
f: 1.0
big: 1e21
t: true
n: null
d: 2024-01-02
e: ""
lines: |
    one
    two
`;
const FILES = { "f.yaml": sealed("yaml", SCALARS) };
const show = (name: string): string => `printf "%s|" "\${${name}-unset}" > out`;
const exec = (file: string, command: string): string => `exec-env ${file} '${command}'`;

const scalars = ["s", "i", "f", "big", "t", "n", "d", "e", "lines"].map((name) =>
  row(`the value of ${name}`, FILES, exec("f.yaml", show(name))),
);

const formats = [
  row(
    "a dotenv file",
    { "f.env": sealed("dotenv", DATA.dotenv) },
    exec("f.env", `env | grep -E "^(NAME|COUNT|EMPTY|SPACED|QUOTED|EQUALS|LINES|two|PLAIN)" | sort > out`),
  ),
  row("a JSON file", { "f.json": sealed("json", FLAT.json) }, exec("f.json", `${show("a")}; ${show("b")}`)),
  row("an INI file", { "f.ini": sealed("ini", FLAT.ini) }, exec("f.ini", show("a"))),
  row("a binary file", { "f.bin": sealed("binary", FLAT.binary) }, exec("f.bin", show("data"))),
  row("a map", { "f.yaml": sealed("yaml", "a:\n  b: c\n") }, exec("f.yaml", show("a"))),
  row("a list", { "f.yaml": sealed("yaml", "a:\n  - c\n") }, exec("f.yaml", show("a"))),
  row("an empty map", { "f.yaml": sealed("yaml", "a: {}\n") }, exec("f.yaml", show("a"))),
  row(
    "two documents",
    { "f.yaml": sealed("yaml", YAML_DOCUMENTS) },
    exec("f.yaml", `${show("a")}; printf %s "$c" >> out`),
  ),
  row("comments", { "f.yaml": sealed("yaml", "# c\na: b\n# d\n") }, exec("f.yaml", show("a"))),
  row("a name with an equals sign", { "f.yaml": sealed("yaml", "a=b: c\n") }, exec("f.yaml", "true")),
  row(
    "a name with a blank",
    { "f.yaml": sealed("yaml", "a b: c\n") },
    exec("f.yaml", `env | grep "^a b" > out`),
  ),
  row(
    "a name with a dash",
    { "f.yaml": sealed("yaml", "a-b: c\n") },
    exec("f.yaml", `env | grep "^a-b" > out`),
  ),
  row(
    "clear values",
    { "f.yaml": sealed("yaml", "a_unencrypted: c\n") },
    exec("f.yaml", show("a_unencrypted")),
  ),
];

const codes = [0, 1, 2, 7, 100, 128, 200, 255].map((code) =>
  row(`exit ${String(code)}`, FILES, exec("f.yaml", `exit ${String(code)}`)),
);

const BAD = [
  "exec-env",
  "exec-env f.yaml",
  "exec-env missing.yaml true",
  "exec-env plain.yaml true",
  "exec-env f.yaml no-such-command-here",
  "exec-env f.yaml true more",
  "exec-env f.yaml true true true",
];

export const execEnvCases: readonly Case[] = [
  ...scalars,
  ...formats,
  ...codes,
  ...BAD.map((line) => row(line, { ...FILES, "plain.yaml": "a: b\n" }, line)),
  row("the own environment is kept", FILES, exec("f.yaml", show("OWN")), { env: { OWN: "mine" } }),
  row("secrets come before the own environment", FILES, exec("f.yaml", show("s")), { env: { s: "mine" } }),
  row("pristine", FILES, `exec-env --pristine f.yaml '${show("OWN")}; printf %s "$s" >> out'`, {
    env: { OWN: "mine" },
  }),
  row("pristine behind the command", FILES, `exec-env f.yaml '${show("OWN")}' --pristine`, {
    env: { OWN: "mine" },
  }),
  row("pristine switched off", FILES, `exec-env --pristine=false f.yaml '${show("OWN")}'`, {
    env: { OWN: "mine" },
  }),
  row("what the command prints", FILES, exec("f.yaml", "echo $s; echo $t"), { asProgram: true }),
  row("what the command prints of stdin", FILES, exec("f.yaml", "cat"), { asProgram: true, stdin: "fed\n" }),
  row("a pipeline", FILES, exec("f.yaml", "echo $s | tr a-z A-Z && false"), { asProgram: true }),
  row("quotes and dollars", FILES, exec("f.yaml", `echo "a  b" \\$s $(echo sub)`), { asProgram: true }),
  row("an empty command", FILES, `exec-env f.yaml ''`, differs("`exec-env f ''`", "exit")),
  row("with no key", FILES, exec("f.yaml", "true"), { env: { SOPS_AGE_KEY: "$KEY2" } }),
  row("in an order with a type twice", FILES, "exec-env --decryption-order age,age f.yaml true"),
  row("killed by a signal", FILES, exec("f.yaml", "kill -9 $$"), {
    asProgram: true,
    ...differs("`exec-env`, `exec-file`: the command is killed by a signal", "exit"),
  }),
];
