import type { FormatName } from "../../../src/core/model/format.ts";
import { type Case, differs, row, sealed } from "./case.ts";
import { EXTENSION, FLAT } from "./documents.ts";

/** Two values to swap, change and drop, and one in clear. */
const PLAIN: Readonly<Record<FormatName, string>> = {
  yaml: "a: first\nb: second\nc_unencrypted: clear\n",
  json: '{\n\t"a": "first",\n\t"b": "second",\n\t"c_unencrypted": "clear"\n}\n',
  dotenv: "a=first\nb=second\nc_unencrypted=clear\n",
  ini: "[s]\na = first\nb = second\nc_unencrypted = clear\n",
  binary: FLAT.binary,
};

type Change = (text: string) => string;
const replaced =
  (from: RegExp, to: string): Change =>
  (text) => {
    const changed = text.replace(from, to);
    if (changed === text) throw new Error(`${String(from)} stands nowhere in ${text}`);
    return changed;
  };

const FIRST = /ENC\[AES256_GCM,data:/;
const CHANGES: Readonly<Record<string, Change>> = {
  "a byte of a value": (t) =>
    t.replace(/(data:)(.)/, (_, head: string, c: string) => head + (c === "A" ? "B" : "A")),
  "a byte of an IV": (t) =>
    t.replace(/(iv:)(.)/, (_, head: string, c: string) => head + (c === "A" ? "B" : "A")),
  "a byte of a tag": (t) =>
    t.replace(/(tag:)(.)/, (_, head: string, c: string) => head + (c === "A" ? "B" : "A")),
  "a type that is none": replaced(/type:str/, "type:nonsense"),
  "a type that the value is not": replaced(/type:str/, "type:int"),
  "bad base64": replaced(/data:./, "data:*"),
  "an unfinished value": replaced(/,type:str\]/, ""),
  "a value in clear": replaced(/ENC\[[^\]]*\]/, "clear"),
  "another cipher": replaced(FIRST, "ENC[AES128_GCM,data:"),
};

const values = (["yaml", "json", "dotenv", "ini", "binary"] as const).flatMap((type) =>
  Object.entries(CHANGES).map(([what, change]) => {
    const name = `f.${EXTENSION[type]}`;
    return row(`${type}: ${what}`, { [name]: sealed(type, PLAIN[type], { change }) }, [
      `decrypt ${name}`,
      `decrypt --ignore-mac ${name}`,
      `rotate -i ${name}`,
    ]);
  }),
);

const TEXT: Readonly<Record<string, Change>> = {
  "a clear value changed": replaced(/clear(?=["\n])/, "changed"),
  "a byte of the MAC": (t) =>
    t.replace(
      /(mac"?: ?"?=? ?ENC\[AES256_GCM,data:)(.)/,
      (_, head: string, c: string) => head + (c === "A" ? "B" : "A"),
    ),
  "another date": replaced(/20\d\d-\d\d-\d\d(T|_)/, "2020-02-02$1"),
};

const yaml = (name: string, change: Change, more: Parameters<typeof row>[3] = {}): Case =>
  row(
    name,
    { "f.yaml": sealed("yaml", PLAIN.yaml, { change }) },
    ["decrypt f.yaml", "decrypt --ignore-mac f.yaml", "filestatus f.yaml"],
    more,
  );

const whole = (["yaml", "json", "dotenv", "ini"] as const).flatMap((type) =>
  Object.entries(TEXT).map(([what, change]) => {
    const name = `f.${EXTENSION[type]}`;
    return row(`${type}: ${what}`, { [name]: sealed(type, PLAIN[type], { change }) }, [
      `decrypt ${name}`,
      `decrypt --ignore-mac ${name}`,
    ]);
  }),
);

const NO_VERSION = differs("a sealed file with no `version`", "exit", "stdout");

const metadata = [
  yaml("values swapped", (t) => t.replace(/^a: (.*)\nb: (.*)$/m, "a: $2\nb: $1")),
  yaml("lines swapped", (t) => t.replace(/^(a: .*)\n(b: .*)$/m, "$2\n$1")),
  yaml("a line dropped", (t) => t.replace(/^a: .*\n/m, "")),
  yaml("a line twice under another name", (t) => t.replace(/^a: (.*)\n/m, "a: $1\nz: $1\n")),
  yaml("a key renamed", (t) => t.replace(/^a: /m, "z: ")),
  yaml("a clear key renamed", (t) => t.replace(/^c_unencrypted/m, "d_unencrypted")),
  yaml("a clear value added", (t) => `new_unencrypted: x\n${t}`),
  yaml("a clear value among the sealed", (t) => `new: x\n${t}`),
  yaml("no MAC", (t) => t.replace(/ +mac: .*\n/, "")),
  yaml("an empty MAC", (t) => t.replace(/( +mac:) .*\n/, '$1 ""\n')),
  yaml("a MAC in clear", (t) => t.replace(/( +mac:) .*\n/, "$1 clear\n")),
  yaml("no date", (t) => t.replace(/ +lastmodified: .*\n/, "")),
  yaml("a date that is none", (t) => t.replace(/lastmodified: .*\n/, "lastmodified: yesterday\n")),
  yaml("no version", (t) => t.replace(/ +version: .*\n/, ""), NO_VERSION),
  yaml("a version that is none", (t) => t.replace(/version: .*\n/, "version: nonsense\n"), NO_VERSION),
  yaml("no keys", (t) =>
    t.replace(/ +age:\n[^]*?-----END AGE ENCRYPTED FILE-----\n(?: +recipient: .*\n)?/, ""),
  ),
  yaml("a wrapped key that is none", (t) =>
    t.replace(
      /-----BEGIN AGE ENCRYPTED FILE-----\n +\S+/,
      "-----BEGIN AGE ENCRYPTED FILE-----\n            AAAA",
    ),
  ),
  yaml("two selectors", (t) =>
    t.replace(
      "unencrypted_suffix: _unencrypted",
      "unencrypted_suffix: _unencrypted\n    encrypted_suffix: x",
    ),
  ),
  yaml("another selector", (t) =>
    t.replace("unencrypted_suffix: _unencrypted", "unencrypted_suffix: _clear"),
  ),
  yaml("an unknown field", (t) => t.replace("unencrypted_suffix:", "nonsense: 1\n    unencrypted_suffix:")),
  yaml("the block is a text", (t) => `${t.slice(0, t.indexOf("sops:"))}sops: text\n`),
  yaml("the block is empty", (t) => `${t.slice(0, t.indexOf("sops:"))}sops: {}\n`),
  yaml("no block", (t) => t.slice(0, t.indexOf("sops:"))),
  yaml("cut in the middle", (t) => t.slice(0, t.length / 2)),
  yaml(
    "an unquoted date",
    (t) => t.replace(/lastmodified: "(.*)"/, "lastmodified: $1"),
    differs("an unquoted `lastmodified` in YAML is refused", "exit", "stdout"),
  ),
];

const KEYS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "no identity at all": { SOPS_AGE_KEY: "" },
  "another identity": { SOPS_AGE_KEY: "$KEY2" },
  "an identity that is none": { SOPS_AGE_KEY: "nonsense" },
  "a comment and the identity": { SOPS_AGE_KEY: "# mine\n$KEY1" },
  "two identities": { SOPS_AGE_KEY: "$KEY2\n$KEY1" },
  "an identity file": { SOPS_AGE_KEY: "", SOPS_AGE_KEY_FILE: "$DIR/key.txt" },
  "an identity file that is not there": { SOPS_AGE_KEY: "", SOPS_AGE_KEY_FILE: "none.txt" },
  "an identity by command": { SOPS_AGE_KEY: "", SOPS_AGE_KEY_CMD: "cat $DIR/key.txt" },
  "an identity by a command that fails": { SOPS_AGE_KEY: "", SOPS_AGE_KEY_CMD: "false" },
};

const keys = Object.entries(KEYS).map(([what, env]) =>
  row(
    what,
    { "f.yaml": sealed("yaml", FLAT.yaml), "key.txt": "$KEY1\n" },
    ["decrypt f.yaml", "rotate -i f.yaml"],
    { env },
  ),
);

export const damageCases: readonly Case[] = [...values, ...whole, ...metadata, ...keys];
