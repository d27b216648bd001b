import type { FormatName } from "../../../src/core/model/format.ts";
import { type Case, differs, row, sealed } from "./case.ts";
import { DATA, EXTENSION, YAML_COMMENTED_LIST, YAML_DOCUMENTS } from "./documents.ts";

/** Paths into the text of each format, good and bad; those of YAML hold for JSON too. */
const NESTED = [
  `["name"]`,
  `["count"]`,
  `["ratio"]`,
  `["big"]`,
  `["on"]`,
  `["nothing"]`,
  `["empty"]`,
  `["text"]`,
  `["quoted"]`,
  `["map"]`,
  `["map"]["deep"]`,
  `["map"]["deep"]["deeper"]`,
  `["list"]`,
  `["list"][0]`,
  `["list"][1]`,
  `["list"][2]`,
  `["list"][3]`,
  `["list"][4]`,
  `["list"][5]`,
  `["list"][5]["key"]`,
  `["no_map"]`,
  `["no_list"]`,
  `["plain_unencrypted"]`,
  `['name']`,
  `["missing"]`,
  `["map"]["missing"]`,
  `["list"][99]`,
  `["list"]["name"]`,
  `["name"]["below"]`,
  `["name"][0]`,
  `["sops"]`,
  `["sops"]["version"]`,
  ``,
];

const BAD = [`["name"`, `["name"]x`, `[name]`, `[1.5]`, `[0x1]`, `["list"][ 0]`];

const PATHS: Readonly<Record<FormatName, readonly string[]>> = {
  yaml: [...NESTED, `["day"]`, `["at"]`, `["colon"]`, ...BAD],
  json: [...NESTED, ...BAD],
  dotenv: [`["NAME"]`, `["COUNT"]`, `["EMPTY"]`, `["LINES"]`, `["QUOTED"]`, `["missing"]`, `["NAME"][0]`],
  ini: [`["main"]`, `["main"]["name"]`, `["main"]["count"]`, `["second section"]`, `["missing"]`],
  binary: [`["data"]`, `["missing"]`, `["data"][0]`, ``],
};

const extract = (path: string, rest: string): string =>
  `decrypt --extract '${path.replaceAll("'", `'"'"'`)}' ${rest}`;

const CRASHES = differs("`--extract` of a name on a list, or below a value", "exit");
const IN_PLACE = differs("`decrypt -i --extract`", "exit", "files");
const EXCUSES: ReadonlyMap<string, typeof CRASHES> = new Map([
  [`["list"]["name"]`, CRASHES],
  [`["name"]["below"]`, CRASHES],
  [``, differs('`--extract ""`', "exit", "stdout")],
]);
const OWN_STRUCTURE = differs("`--extract` of a list of maps as INI", "exit", "stdout");

const paths = (Object.keys(PATHS) as FormatName[]).flatMap((type) =>
  PATHS[type].map((path) =>
    row(
      `${type} ${path}`,
      { [`f.${EXTENSION[type]}`]: sealed(type, DATA[type]) },
      extract(path, `f.${EXTENSION[type]}`),
      EXCUSES.get(path),
    ),
  ),
);

const CONVERTED = [`["name"]`, `["count"]`, `["on"]`, `["nothing"]`, `["map"]`, `["list"]`, `["no_map"]`];

const converted = (["json", "yaml", "dotenv", "ini", "binary"] as const).flatMap((to) =>
  CONVERTED.map((path) =>
    row(
      `yaml ${path} as ${to}`,
      { "f.yaml": sealed("yaml", DATA.yaml) },
      extract(path, `--output-type ${to} f.yaml`),
      path === `["list"]` && to === "ini" ? OWN_STRUCTURE : {},
    ),
  ),
);

const JSON_CONVERTED = [`["name"]`, `["count"]`, `["list"]`, `["map"]`, `["nothing"]`].flatMap((path) =>
  (["yaml", "ini", "dotenv"] as const).map((to) =>
    row(
      `json ${path} as ${to}`,
      { "f.json": sealed("json", DATA.json) },
      extract(path, `--output-type ${to} f.json`),
      path === `["list"]` && to === "ini" ? OWN_STRUCTURE : {},
    ),
  ),
);

const commented = [0, 1, 2, 3, 4].map((index) =>
  row(
    `an index counts comments: ${String(index)}`,
    { "f.yaml": sealed("yaml", YAML_COMMENTED_LIST) },
    extract(`["list"][${String(index)}]`, "f.yaml"),
    index % 2 === 0 && index < 4 ? differs("`--extract` of a comment in a list", "exit", "stdout") : {},
  ),
);

const documents = [`["a"]`, `["b"]`, `["c"]`, `["c"][0]`].map((path) =>
  row(`of two documents ${path}`, { "f.yaml": sealed("yaml", YAML_DOCUMENTS) }, extract(path, "f.yaml")),
);

export const extractCases: readonly Case[] = [
  ...paths,
  ...converted,
  ...JSON_CONVERTED,
  ...commented,
  ...documents,
  row("text before the first bracket", { "f.yaml": sealed("yaml", DATA.yaml) }, extract("name", "f.yaml"), {
    ...differs("the same, and `a.b[0]` for short", "exit", "stdout"),
  }),
  row("to a file", { "f.yaml": sealed("yaml", DATA.yaml) }, extract(`["name"]`, "--output out f.yaml")),
  row("in place", { "f.yaml": sealed("yaml", DATA.yaml) }, extract(`["name"]`, "-i f.yaml"), IN_PLACE),
  row("a map in place", { "f.yaml": sealed("yaml", DATA.yaml) }, extract(`["map"]`, "-i f.yaml"), IN_PLACE),
  row(
    "with an indent",
    { "f.yaml": sealed("yaml", DATA.yaml) },
    `--indent 2 ${extract(`["map"]`, "f.yaml")}`,
  ),
  row(
    "a list with an indent",
    { "f.json": sealed("json", DATA.json) },
    `--indent 2 ${extract(`["list"]`, "f.json")}`,
  ),
  row(
    "a list of YAML with an indent",
    { "f.yaml": sealed("yaml", DATA.yaml) },
    `--indent 2 ${extract(`["list"]`, "f.yaml")}`,
  ),
  row("from stdin", {}, extract(`["a"]`, "--input-type json"), { stdin: "{}" }),
];
