import { FORMAT_NAMES } from "../../../src/core/model/format.ts";
import { type Case, differs, row, sealed } from "./case.ts";
import { DATA, EXTENSION, FLAT } from "./documents.ts";

const formats = FORMAT_NAMES.flatMap((type) => {
  const name = `f.${EXTENSION[type]}`;
  const status = `filestatus ${name}`;
  return [
    row(`${type}, sealed`, { [name]: sealed(type, DATA[type]) }, status, { env: { SOPS_AGE_KEY: "" } }),
    row(`${type}, plain`, { [name]: FLAT[type] }, status),
    row(`${type}, empty`, { [name]: "" }, status),
  ];
});

const without = (line: RegExp): Case["files"] => ({
  "f.yaml": sealed("yaml", FLAT.yaml, { change: (text) => text.replace(line, "") }),
});

export const filestatusCases: readonly Case[] = [
  ...formats,
  row("without a MAC", without(/ +mac: .*\n/), "filestatus f.yaml"),
  row("without a version", without(/ +version: .*\n/), "filestatus f.yaml"),
  row("without a date", without(/ +lastmodified: .*\n/), "filestatus f.yaml"),
  row("not YAML", { "f.yaml": "a: [\n" }, "filestatus f.yaml"),
  row("only a comment", { "f.yaml": "# c\n" }, "filestatus f.yaml"),
  row("not JSON", { "f.json": "{" }, "filestatus f.json"),
  row("a sops key that is a text", { "f.yaml": "sops: text\n" }, "filestatus f.yaml"),
  row("a sops key that is an empty map", { "f.yaml": "sops: {}\n" }, "filestatus f.yaml"),
  row(
    "a folder",
    { "d.yaml": { folder: true } },
    "filestatus d.yaml",
    differs("`filestatus` of several files", "exit"),
  ),
  row("a missing file", {}, "filestatus missing.yaml"),
  row("no file", {}, "filestatus"),
  row("by type", { f: sealed("json", FLAT.json) }, "filestatus --input-type json f"),
  row("by type behind the file", { f: sealed("yaml", FLAT.yaml) }, "filestatus f --input-type yaml"),
  row(
    "by a type that is none",
    { "f.yaml": sealed("yaml", FLAT.yaml) },
    "filestatus --input-type nonsense f.yaml",
    differs("with a name that is none", "exit", "stdout"),
  ),
];
