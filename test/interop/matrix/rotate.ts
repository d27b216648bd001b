import { FORMAT_NAMES } from "../../../src/core/model/format.ts";
import { type Case, differs, row, sealed } from "./case.ts";
import { DATA, EXTENSION, FLAT } from "./documents.ts";

const YAML = { "f.yaml": sealed("yaml", FLAT.yaml) };
const TWO = { "f.yaml": sealed("yaml", FLAT.yaml, { flags: "--age $AGE1,$AGE2" }) };
const OLD_AGE = {
  "f.yaml": sealed("yaml", FLAT.yaml, { change: (t) => t.replace("version: 3.13.3", "version: 3.9.0") }),
};

const formats = FORMAT_NAMES.flatMap((type) => {
  const name = `f.${EXTENSION[type]}`;
  return [
    row(`${type} to stdout`, { [name]: sealed(type, DATA[type]) }, `rotate ${name}`),
    row(`${type} in place`, { [name]: sealed(type, DATA[type]) }, `rotate -i ${name}`),
  ];
});

export const rotateCases: readonly Case[] = [
  ...formats,
  row("adds a key", YAML, "rotate -i --add-age $AGE2 f.yaml"),
  row("adds two keys", YAML, "rotate -i --add-age $AGE2,$AGE3 f.yaml"),
  row(
    "adds two keys by two flags",
    YAML,
    "rotate -i --add-age $AGE2 --add-age $AGE3 f.yaml",
    differs("`--age A --age B`", "files"),
  ),
  row(
    "adds a key that is there",
    YAML,
    "rotate -i --add-age $AGE1 f.yaml",
    differs("`rotate --add-age` of a key that is there", "files"),
  ),
  row("removes a key", TWO, "rotate -i --rm-age $AGE2 f.yaml"),
  row("removes the own key", TWO, "rotate -i --rm-age $AGE1 f.yaml"),
  row("removes all keys", TWO, "rotate -i --rm-age $AGE1,$AGE2 f.yaml"),
  row("removes a key that is not there", YAML, "rotate -i --rm-age $AGE3 f.yaml"),
  row("swaps keys", YAML, "rotate -i --add-age $AGE2 --rm-age $AGE1 f.yaml"),
  row("adds no key", YAML, "rotate -i --add-age age1nonsense f.yaml"),
  ...["age", "pgp", "kms", "gcp-kms", "azure-kv", "hc-vault-transit", "hckms"].map((type) =>
    row(`removes what is no ${type} key`, YAML, `rotate -i --rm-${type} nonsense f.yaml`),
  ),
  row("adds a key and removes what is none", YAML, "rotate -i --add-age $AGE2 --rm-age nonsense f.yaml"),
  row(
    "adds a key for which there is no server",
    YAML,
    "rotate -i --add-hc-vault-transit http://127.0.0.1:1/v1/transit/keys/k f.yaml",
  ),
  row(
    "removes a key of another type",
    YAML,
    "rotate -i --rm-pgp 0123456789ABCDEF0123456789ABCDEF01234567 f.yaml",
  ),
  row("to a file", YAML, "rotate --output out.yaml f.yaml"),
  row("to another type", YAML, "rotate --output-type json f.yaml"),
  row("from another type", { f: sealed("json", FLAT.json) }, "rotate --input-type json f"),
  row(
    "from another type to its own",
    { f: sealed("json", FLAT.json) },
    "rotate --input-type json --output-type json -i f",
  ),
  row("by another name", { f: sealed("json", FLAT.json) }, "rotate --filename-override f.json f"),
  row("both in place and to a file", YAML, "rotate -i --output out.yaml f.yaml"),
  row("no file", {}, "rotate"),
  row("a missing file", {}, "rotate missing.yaml"),
  row("a missing file with a key to add", {}, "rotate --add-age $AGE2 missing.yaml"),
  row("a missing file with a key to remove", {}, "rotate --rm-age $AGE2 missing.yaml"),
  row("a folder", { "d.yaml": { folder: true } }, "rotate d.yaml"),
  row("a plain file", { "f.yaml": FLAT.yaml }, "rotate f.yaml"),
  row("an empty file", { "f.yaml": "" }, "rotate f.yaml"),
  row("with no key", YAML, "rotate -i f.yaml", { env: { SOPS_AGE_KEY: "$KEY2" } }),
  row("with the other key", TWO, "rotate -i f.yaml", { env: { SOPS_AGE_KEY: "$KEY2" } }),
  row("an older file", OLD_AGE, "rotate -i f.yaml"),
  row("with an indent", YAML, "--indent 2 rotate f.yaml"),
  row("with an order", YAML, "rotate --decryption-order pgp,age f.yaml"),
  row("in an order with a type twice", YAML, "rotate --decryption-order age,age f.yaml"),
];
