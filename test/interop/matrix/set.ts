import type { FormatName } from "../../../src/core/model/format.ts";
import { type Case, differs, type Exception, row, sealed } from "./case.ts";
import { DATA, EXTENSION, FLAT, YAML_COMMENTED_LIST, YAML_DOCUMENTS } from "./documents.ts";

const quoted = (text: string): string => `'${text.replaceAll("'", `'"'"'`)}'`;

type Excuse = { readonly except: Exception } | undefined;
const AS_INTEGER = differs("stores an integer; `5.0` stores a float", "files");
const AS_TEXT = differs("sealed as text", "files");
/** What the value that is there, or all that stands there, would be lost for. */
export const BELOW = differs("`set` below a value", "exit", "files");
const OVER_MANY = differs("`set` of one value in the place of a map or a list", "exit", "files");
const ARRAY = differs("`set` of an array", "exit", "files");

const SPELLED = differs("it is spelled so that it does not", "files");

interface Value {
  readonly json: string;
  readonly structured?: Excuse;
  readonly flat?: Excuse;
  readonly ini?: Excuse;
}

const VALUES: readonly Value[] = [
  { json: `"text"` },
  { json: `""` },
  { json: `"é \\u00e9 \\ud83d\\ude00"` },
  { json: `"two\\nlines"` },
  { json: `"true"` },
  { json: `"1"` },
  { json: `" padded "` },
  { json: `"# not a comment"` },
  { json: `"quote \\" and \\\\"`, ini: SPELLED },
  { json: `5`, structured: AS_INTEGER, flat: AS_TEXT },
  { json: `1.5`, flat: AS_TEXT },
  { json: `1e3`, flat: AS_TEXT },
  { json: `true`, flat: AS_TEXT },
  { json: `false`, flat: AS_TEXT },
  { json: `null`, flat: differs("`set` of `null` in .env and INI files", "files") },
  { json: `not json` },
  { json: `"open` },
  { json: `{"a": ` },
  { json: `` },
];

const TARGETS: Readonly<Record<"yaml" | "json" | "dotenv" | "ini", readonly [string, string]>> = {
  yaml: [`["a"]`, `["new"]`],
  json: [`["a"]`, `["new"]`],
  dotenv: [`["a"]`, `["new"]`],
  ini: [`["s"]["a"]`, `["s"]["new"]`],
};

const isFlat = (type: FormatName): boolean => type === "dotenv" || type === "ini";

const values = (Object.keys(TARGETS) as (keyof typeof TARGETS)[]).flatMap((type) =>
  VALUES.flatMap((value) =>
    TARGETS[type].map((path) => {
      const name = `f.${EXTENSION[type]}`;
      const excuse =
        (type === "ini" ? value.ini : undefined) ?? (isFlat(type) ? value.flat : value.structured);
      return row(
        `${type} ${path} ${value.json}`,
        { [name]: sealed(type, FLAT[type]) },
        `set ${name} ${quoted(path)} ${quoted(value.json)}`,
        excuse,
      );
    }),
  ),
);

const OBJECTS = [
  `{"x": 1, "y": "two", "z": [1, 2.0, {"w": null}]}`,
  `{}`,
  `{"z": 1, "a": 2}`,
  `{"n": -0.5, "t": true, "e": ""}`,
  `{"deep": {"deeper": {"deepest": "x"}}}`,
];

const objects = (["yaml", "json"] as const).flatMap((type) =>
  OBJECTS.flatMap((json) =>
    [`["a"]`, `["new"]`, `["new"]["below"]`].map((path) =>
      row(
        `${type} ${path} ${json}`,
        { [`f.${type}`]: sealed(type, FLAT[type]) },
        `set f.${type} ${quoted(path)} ${quoted(json)}`,
      ),
    ),
  ),
);

const PATHS: readonly (readonly [string, Excuse])[] = [
  [`["map"]["deep"]["deeper"]`, undefined],
  [`["map"]["new"]`, undefined],
  [`["map"]`, OVER_MANY],
  [`["name"]["below"]`, BELOW],
  [`["name"]["below"]["further"]`, BELOW],
  [`["made"]["of"]["nothing"]`, undefined],
  [`["made"][0]`, undefined],
  [`["made"][0]["x"]`, undefined],
  [`["made"][0][0]`, undefined],
  [`["list"]`, OVER_MANY],
  [`["list"][0]`, undefined],
  [`["list"][3]`, undefined],
  [`["list"][5]["key"]`, undefined],
  [`["list"][5]["new"]`, undefined],
  [`["list"][7]`, undefined],
  [`["list"][99]`, undefined],
  [`["list"][99]["x"]`, undefined],
  [`["no_list"][0]`, undefined],
  [`["no_map"]["x"]`, undefined],
  [`["nothing"]["x"]`, undefined],
  [`["plain_unencrypted"]`, undefined],
  [`["new_unencrypted"]`, undefined],
  [`['name']`, undefined],
  [`["sops"]`, undefined],
  [`["map"]["sops"]`, undefined],
  [`["name"`, undefined],
  [`["name"]x`, undefined],
  [`[name]`, undefined],
];

const paths = (["yaml", "json"] as const).flatMap((type) =>
  PATHS.map(([path, excuse]) =>
    row(
      `${type} at ${path}`,
      { [`f.${type}`]: sealed(type, DATA[type]) },
      `set f.${type} ${quoted(path)} '"new"'`,
      excuse,
    ),
  ),
);

const OF_YAML = { "f.yaml": sealed("yaml", DATA.yaml) };
const FLAT_JSON = { "f.json": sealed("json", FLAT.json) };

const idempotent = [
  `["name"] '"alpha"'`,
  `["name"] '"other"'`,
  `["map"] '{"deep":{"deeper":"x"},"other":"y"}'`,
  `["map"]["deep"] '{"deeper":"x"}'`,
  `["on"] true`,
  `["on"] '"true"'`,
  `["nothing"] null`,
  `["empty"] '""'`,
  `["ratio"] 1.5`,
  `["list"][0] '"one"'`,
  `["plain_unencrypted"] '"clear"'`,
].map((words) => {
  const [path = "", value = ""] = words.split(/ (.*)/s);
  return row(`idempotent ${words}`, OF_YAML, `set --idempotent f.yaml ${quoted(path)} ${value}`);
});

const counts = [
  "set",
  "set f.json",
  `set f.json '["a"]'`,
  `set f.json '["a"]' '"x"' '"y"'`,
  `set --value-stdin f.json '["a"]' '"x"'`,
  `set --value-stdin f.json`,
  `set --value-stdin --value-file f.json '["a"]' v`,
  `set --value-file f.json '["a"]' missing`,
  `set missing.json '["a"]' '"x"'`,
  `set plain.json '["a"]' '"x"'`,
].map((line) => row(line, { ...FLAT_JSON, "plain.json": "{}" }, line));

const INDEX_ON_MAP = differs("`set` with an index on a map, or a name on a list", "exit");
const BINARY = { "f.bin": sealed("binary", "text") };

export const setCases: readonly Case[] = [
  ...values,
  ...objects,
  ...paths,
  ...idempotent,
  ...counts,
  row("an array", FLAT_JSON, `set f.json '["a"]' '[1, "x"]'`, ARRAY),
  row("an empty array", FLAT_JSON, `set f.json '["a"]' '[]'`, ARRAY),
  row("an index on a map", OF_YAML, `set f.yaml '["map"][0]' '"x"'`, INDEX_ON_MAP),
  row("an index at the top", FLAT_JSON, `set f.json '[0]' '"x"'`, INDEX_ON_MAP),
  row("a name on a list", OF_YAML, `set f.yaml '["list"]["x"]' '"y"'`, INDEX_ON_MAP),
  row(
    "an integer that is there, as idempotent",
    OF_YAML,
    `set --idempotent f.yaml '["count"]' 42`,
    AS_INTEGER,
  ),
  row("a number in an object is an integer", FLAT_JSON, `set f.json '["a"]' '{"n": 5}'`),
  row("value from stdin", FLAT_JSON, `set --value-stdin f.json '["a"]'`, { stdin: `"x"\n` }),
  row("object from stdin", FLAT_JSON, `set f.json --value-stdin '["a"]'`, {
    stdin: `{"x": {"y": "z"}}`,
    ...differs("`set f --value-stdin PATH`", "exit", "files"),
  }),
  row("nothing on stdin", FLAT_JSON, `set --value-stdin f.json '["a"]'`),
  row("value from a file", { ...FLAT_JSON, v: `"x"` }, `set --value-file f.json '["a"]' v`),
  row("object from a file", { ...FLAT_JSON, v: `{"x": "y"}\n` }, `set f.json '["a"]' v --value-file`),
  row("nothing in the file", { ...FLAT_JSON, v: "" }, `set --value-file f.json '["a"]' v`),
  row("to another type", FLAT_JSON, `set --output-type yaml f.json '["a"]' '"x"'`),
  row("idempotent to another type", FLAT_JSON, `set --output-type yaml --idempotent f.json '["a"]' '"x"'`),
  row(
    "from another type",
    { f: sealed("yaml", FLAT.yaml) },
    `set --input-type yaml --output-type yaml f '["a"]' '"x"'`,
  ),
  row(
    "into a dotenv: an object",
    { "f.env": sealed("dotenv", FLAT.dotenv) },
    `set f.env '["a"]' '{"x": "y"}'`,
  ),
  row(
    "into a dotenv: a reserved name",
    { "f.env": sealed("dotenv", FLAT.dotenv) },
    `set f.env '["sops_x"]' '"y"'`,
  ),
  row(
    "into a dotenv: a path below",
    { "f.env": sealed("dotenv", FLAT.dotenv) },
    `set f.env '["a"]["b"]' '"y"'`,
    differs("`set` below a value", "exit"),
  ),
  row("into an ini: a new section", { "f.ini": sealed("ini", FLAT.ini) }, `set f.ini '["t"]' '{"x": "y"}'`),
  row(
    "into an ini: a new key of a new section",
    { "f.ini": sealed("ini", FLAT.ini) },
    `set f.ini '["t"]["x"]' '"y"'`,
  ),
  row(
    "into an ini: an object in a section",
    { "f.ini": sealed("ini", FLAT.ini) },
    `set f.ini '["s"]["x"]' '{"y": "z"}'`,
    differs("`set` of a map in a section of an INI file", "exit", "files"),
  ),
  row(
    "into an ini: a value for a section",
    { "f.ini": sealed("ini", FLAT.ini) },
    `set f.ini '["s"]' '"y"'`,
    differs("`set` of one value in the place of a map or a list", "exit"),
  ),
  row("into binary: the data", BINARY, `set f.bin '["data"]' '"new"'`),
  row("into binary: another key", BINARY, `set f.bin '["other"]' '"new"'`, {
    ...differs("`set` in a binary file, of another key than `data`", "exit", "files"),
  }),
  row("in two documents", { "f.yaml": sealed("yaml", YAML_DOCUMENTS) }, `set f.yaml '["c"]' '"x"'`),
  row(
    "in a list with comments",
    { "f.yaml": sealed("yaml", YAML_COMMENTED_LIST) },
    `set f.yaml '["list"][1]' '"x"'`,
  ),
  row("twice", FLAT_JSON, [`set f.json '["a"]' '"x"'`, `set f.json '["c"]' '"y"'`, "decrypt f.json"]),
  row("with an indent", FLAT_JSON, `--indent 2 set f.json '["a"]' '"x"'`),
  row("a wrong MAC", { "f.json": damagedMac() }, `set f.json '["a"]' '"x"'`),
  row("a wrong MAC, ignored", { "f.json": damagedMac() }, `set --ignore-mac f.json '["a"]' '"x"'`),
  row("with no key", FLAT_JSON, `set f.json '["a"]' '"x"'`, { env: { SOPS_AGE_KEY: "$KEY2" } }),
  row("with an order", FLAT_JSON, `set --decryption-order pgp,age f.json '["a"]' '"x"'`),
  row(
    "with a threshold, which says nothing",
    FLAT_JSON,
    `set --shamir-secret-sharing-threshold 2 f.json '["a"]' '"x"'`,
  ),
  row("flags behind the value", FLAT_JSON, `set f.json '["a"]' '"x"' --ignore-mac`),
  row("the reserved key", FLAT_JSON, `set f.json '["sops"]' '{"x": "y"}'`),
];

function damagedMac(): ReturnType<typeof sealed> {
  return sealed("json", `{"a": "x", "b_unencrypted": "y"}`, { change: (text) => text.replace('"y"', '"z"') });
}
