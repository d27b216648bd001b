import type { FormatName } from "../../../src/core/model/format.ts";
import { type Case, type CaseOptions, differs, row, sealed } from "./case.ts";
import { DATA, EXTENSION, YAML_COMMENTED_LIST, YAML_DOCUMENTS } from "./documents.ts";

const NESTED = [
  `["name"]`,
  `["nothing"]`,
  `["map"]`,
  `["map"]["deep"]`,
  `["map"]["deep"]["deeper"]`,
  `["list"]`,
  `["list"][0]`,
  `["list"][1]`,
  `["list"][5]["key"]`,
  `["no_map"]`,
  `["plain_unencrypted"]`,
  `["missing"]`,
  `["map"]["missing"]`,
  `["missing"]["below"]`,
  `["list"][99]`,
  `["list"][99]["x"]`,
  `["name"]["below"]`,
  `["name"][0]`,
  `["nothing"]["below"]`,
  `["list"][0]["x"]`,
  `["map"]["deep"]["deeper"]["x"]["y"]`,
  `["map"][0]["x"]`,
  `["list"]["x"]`,
  `["map"][0]`,
  `["name"`,
  `[name]`,
  `["sops"]`,
];

const PATHS: Readonly<Record<FormatName, readonly string[]>> = {
  yaml: NESTED,
  json: NESTED,
  dotenv: [`["NAME"]`, `["LINES"]`, `["missing"]`, `["NAME"]["x"]`],
  ini: [`["main"]["name"]`, `["main"]`, `["missing"]`, `["main"]["missing"]`],
  binary: [`["missing"]`],
};

/** By the path. */
const EXCUSES: ReadonlyMap<string, CaseOptions> = new Map([
  [`["list"]["x"]`, differs("`unset` of a name on a list", "exit")],
]);

const quoted = (text: string): string => `'${text}'`;

const paths = (Object.keys(PATHS) as FormatName[]).flatMap((type) =>
  PATHS[type].flatMap((path) =>
    ["", "--idempotent "].map((flag) => {
      const name = `f.${EXTENSION[type]}`;
      return row(
        `${flag}${type} ${path}`,
        { [name]: sealed(type, DATA[type]) },
        `unset ${flag}${name} ${quoted(path)}`,
        EXCUSES.get(path),
      );
    }),
  ),
);

const ONE = { "f.json": sealed("json", `{"a": {"b": ["c"]}}`) };

const counts = ["unset", "unset f.json", `unset f.json '["a"]' more`, `unset missing.json '["a"]'`].map(
  (line) => row(line, ONE, line),
);

export const unsetCases: readonly Case[] = [
  ...paths,
  ...counts,
  row("the last key", ONE, [`unset f.json '["a"]'`, "decrypt f.json"]),
  row("the last key of a map", ONE, [`unset f.json '["a"]["b"]'`, "decrypt f.json"]),
  row("the last of a list", ONE, [`unset f.json '["a"]["b"][0]'`, "decrypt f.json"]),
  row("a comment of a list", { "f.yaml": sealed("yaml", YAML_COMMENTED_LIST) }, `unset f.yaml '["list"][0]'`),
  row("behind a comment", { "f.yaml": sealed("yaml", YAML_COMMENTED_LIST) }, `unset f.yaml '["list"][3]'`),
  row("of two documents", { "f.yaml": sealed("yaml", YAML_DOCUMENTS) }, `unset f.yaml '["a"]'`),
  row("of the second document", { "f.yaml": sealed("yaml", YAML_DOCUMENTS) }, `unset f.yaml '["c"]'`),
  row("to another type", ONE, `unset --output-type yaml f.json '["a"]["b"]'`),
  row("with no key", ONE, `unset f.json '["a"]'`, { env: { SOPS_AGE_KEY: "$KEY2" } }),
  row("flags behind", ONE, `unset f.json '["x"]' --idempotent`),
];
