import { type Case, type CaseOptions, differs, row, sealed } from "./case.ts";
import { FLAT } from "./documents.ts";

/** Nothing listens there: what is sent fails in both. */
const ADDRESS = "http://127.0.0.1:1";
const NOWHERE = `vault_path: apps\n    vault_address: ${ADDRESS}`;
const CLOUDS = { s3: "s3_bucket: b-b", gcs: "gcs_bucket: b-b" };
const rule = (...lines: readonly string[]): string =>
  `destination_rules:\n${lines.map((line, i) => `${i === 0 ? "  - " : "    "}${line}\n`).join("")}`;

const FILES = {
  "f.yaml": sealed("yaml", FLAT.yaml),
  "f.json": sealed("json", FLAT.json),
  "p.yaml": FLAT.yaml,
  "sub/g.yaml": sealed("yaml", FLAT.yaml),
};

/** `config`: the text of .sops.yaml; null: there is none. The user names the server, or enc would not send it a token. */
const publish = (name: string, config: string | null, line: string, more: CaseOptions = {}): Case =>
  row(name, config === null ? FILES : { ...FILES, ".sops.yaml": config }, line, {
    ...more,
    env: { VAULT_ADDR: ADDRESS, ...more.env },
  });

const QUESTION = differs("| the question |", "stdout");
const UNKNOWN = differs("unknown keys in the config", "exit");

const refusals = [
  publish("no file", rule(NOWHERE), "publish"),
  publish("no config", null, "publish -y f.yaml"),
  publish("no config, and no --yes", null, "publish f.yaml"),
  publish("a config that is not there", rule(NOWHERE), "--config none.yaml publish -y f.yaml"),
  publish("a config without destinations", "creation_rules:\n  - age: $AGE1\n", "publish -y f.yaml"),
  publish("an empty list of destinations", "destination_rules: []\n", "publish -y f.yaml"),
  publish("no rule that matches", rule(NOWHERE, "path_regex: ^prod/"), "publish -y f.yaml"),
  publish("a rule without a destination", rule("path_regex: yaml"), "publish -y f.yaml"),
  publish("a path that is no regex", rule(NOWHERE, "path_regex: '('"), "publish -y f.yaml"),
  publish("two destinations in a rule", rule(NOWHERE, CLOUDS.s3), "publish -y f.yaml"),
  publish("a KV version that there is none of", rule(NOWHERE, "vault_kv_version: 3"), "publish -y f.yaml"),
  publish("a missing file", rule(NOWHERE), "publish -y missing.yaml"),
  publish("a missing file, and no config", null, "publish -y missing.yaml"),
  publish("a file that is not sealed", rule(NOWHERE), "publish -y p.yaml"),
  publish("a file that is not sealed, to S3", rule(CLOUDS.s3), "publish -y p.yaml"),
  publish("a folder without --recursive", rule(NOWHERE), "publish -y sub"),
  publish("a folder that is not there", rule(NOWHERE), "publish -y --recursive none"),
  publish("with no key", rule(NOWHERE), "publish -y f.yaml", { env: { SOPS_AGE_KEY: "$KEY2" } }),
  publish("with a type twice in the order", rule(NOWHERE), "publish -y --decryption-order age,age f.yaml"),
  publish("without any key service", rule(NOWHERE), "publish -y --enable-local-keyservice=false f.yaml"),
  publish(
    "an unknown flag",
    rule(NOWHERE),
    "publish --nonsense f.yaml",
    differs("prints the command's help on stdout", "stdout"),
  ),
  publish("no server at the destination", rule(NOWHERE), "publish -y f.yaml"),
  publish("no server at the destination, JSON", rule(NOWHERE), "publish -y f.json"),
  publish("no server, a folder", rule(NOWHERE), "publish -y --recursive sub"),
];

const answers = [
  publish("answered n", rule(NOWHERE), "publish f.yaml", { stdin: "n\n", ...QUESTION }),
  publish("answered otherwise, then n", rule(NOWHERE), "publish f.yaml", { stdin: "no\nn\n", ...QUESTION }),
  publish("not answered", rule(NOWHERE), "publish f.yaml", QUESTION),
  publish("answered y, and no server", rule(NOWHERE), "publish f.yaml", { stdin: "y\n", ...QUESTION }),
  publish("a folder, answered n", rule(NOWHERE), "publish --recursive sub", { stdin: "n\n", ...QUESTION }),
  publish("S3, answered n", rule(CLOUDS.s3), "publish f.yaml", { stdin: "n\n", ...QUESTION }),
  publish("Google Cloud Storage, answered n", rule(CLOUDS.gcs), "publish f.yaml", {
    stdin: "n\n",
    ...QUESTION,
  }),
  publish("S3 with a prefix, answered n", rule(CLOUDS.s3, "s3_prefix: a/b/"), "publish f.yaml", {
    stdin: "n\n",
    ...QUESTION,
  }),
  publish("without its extension, answered n", rule(NOWHERE), "publish --omit-extensions f.yaml", {
    stdin: "n\n",
    ...QUESTION,
  }),
];

const stricter = [
  publish("an unknown key of a rule", rule(NOWHERE, "path_regexp: x"), "publish f.yaml", {
    stdin: "n\n",
    except: { compat: UNKNOWN.except.compat, in: ["stdout"] },
  }),
  publish("a folder with a file that is not sealed", rule(NOWHERE), "publish --recursive .", {
    stdin: "n\nn\nn\n",
    except: { compat: "`--recursive`: a file that is not encrypted, `.git`", in: ["exit"] },
  }),
];

export const publishCases: readonly Case[] = [...refusals, ...answers, ...stricter];
