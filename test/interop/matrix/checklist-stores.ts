import type { FormatName } from "../../../src/core/model/format.ts";
import { type Case, differs, row, sealed } from "./case.ts";
import { EXTENSION } from "./documents.ts";

/*
 * What sops tests of its stores (stores/yaml, json, dotenv, ini), under the names of its tests and with their texts, given to
 * both programs: sealed, and opened again where sops sealed it.
 */

const both = (name: string, type: FormatName, plain: string): Case => {
  const [ours, theirs] = [`f.${EXTENSION[type]}`, `s.${EXTENSION[type]}`];
  return row(`${type} ${name}`, { [ours]: plain, [theirs]: sealed(type, plain) }, [
    `encrypt -i --age $AGE1 ${ours}`,
    `decrypt -i ${theirs}`,
    `filestatus ${theirs}`,
  ]);
};

const each = (type: FormatName, texts: Readonly<Record<string, string>>): readonly Case[] =>
  Object.entries(texts).map(([name, plain]) => both(name, type, plain));

const encrypts = (type: FormatName, texts: Readonly<Record<string, string>>): readonly Case[] =>
  Object.entries(texts).map(([name, plain]) => {
    const file = `f.${EXTENSION[type]}`;
    return row(`${type} ${name}`, { [file]: plain }, `encrypt --age $AGE1 ${file}`);
  });

const yaml = each("yaml", {
  TestLoadPlainFile: "---\n# comment 0\nkey1: value\nkey1_a: value\n# ^ comment 1\n---\nkey2: value2\n",
  TestLoadAliasesPlainFile: "---\nkey1: &foo\n  - foo\n  - bar\nkey2: *foo\nkey3: &bar\n  a: b\nkey4: *bar\n",
  TestComment1: "# test\na:\n    b: null\n    # foo\n",
  TestComment2: "a:\n    b: null\n    # foo\n",
  TestComment2_before: "a:\n    # foo\n    b: null\n",
  TestComment3:
    "# head\n\nprometheus-node-exporter:\n  podLabels:\n    # Add the 'node-exporter' label\n\n    jobLabel: node\n",
  TestEmpty3: "{}\n",
  TestComment6: "a:\n    - a\n    # I no longer get duplicated\n    - {}\n",
  TestCommentInline: "a: b # inline\nc: d\n# head\ne: f # last\n",
  TestCommentInlineSequence: "list:\n    - a # inline\n    - b\n    # head\n    - c # last\n",
  TestCommentInlineMixed: "# head\na: b # inline\n# foot\n",
  TestCommentInlineNested: "a:\n    b: c # inline\n    # next\n    d: e # too\n",
  TestIndent1: "lvl1:\n    lvl2:\n        lvl3: x\n    list:\n        - y\n",
  TestHasSopsTopLevelKey: "sops_: x\nsopsx: y\n",
});

const COMMENT_7 = "a:\n    b:\n        c: d\n    # comment\n\ne:\n    - f\n";
/** sops' own sealed text loses the blank line, by which it finds the comment's place. */
const moved = row(
  "yaml TestComment7",
  { "f.yaml": COMMENT_7, "s.yaml": sealed("yaml", COMMENT_7) },
  ["encrypt -i --age $AGE1 f.yaml", "decrypt f.yaml", "decrypt s.yaml"],
  differs("a comment below a nested map, with a blank line behind it", "stdout", "files"),
);

const yamlAlone = encrypts("yaml", {
  TestComment4: "# foo\n",
  TestComment5: "# foo\n---\nkey: value\n",
  TestEmpty: "",
  TestEmpty2: "---\n",
  TestDuplicateAttributes:
    'hello: "Sops config file"\nhello: "Doubles are ok"\nrootunique:\n  key2: "value"\n',
  "TestDuplicateAttributes, nested": "rootunique:\n  key2: v\n  key2: w\n",
});

const json = each("json", {
  TestDecodeJSON:
    '{\n"glossary": {\n"title": "example glossary",\n"GlossDiv": {\n"title": "S",\n"GlossList": {\n"GlossEntry": {\n"ID": "SGML",\n"GlossDef": {"para": "A meta-markup language", "GlossSeeAlso": ["GML", "XML"]},\n"GlossSee": "markup"\n}}}}}',
  TestDecodeSimpleJSONObject: '{"foo": "bar", "baz": 2, "x": 1.5, "y": true, "z": null}',
  TestLargeIntegerRoundtrip: '{\n\t"largeInt": 1234567890123456789\n}',
  TestIntegerBoundaries:
    '{"min": -9223372036854775808, "max": 9223372036854775807, "zero": 0, "neg": -42, "exact": 9007199254740993}',
  TestDecodeNestedJSONObject: '{"foo": {"foo": "bar"}, "baz": 2}',
  TestDecodeJSONWithArray: '{"foo": ["a", "b", 1, null, true], "bar": []}',
  TestDecodeJSONArrayOfObjects: '{"foo": [{"foo": "bar"}, {"foo": "bar2"}]}',
  TestDecodeJSONArrayOfArrays: '{"foo": [["bar", {"foo": "bar"}], ["baz"]]}',
  TestEncodeJSONWithEscaping:
    '{\n\t"foo\\\\bar": "value",\n\t"a_key_with\\"quotes\\"": 4.0,\n\t"baz\\\\\\\\foo": 2.0\n}',
  TestEncodeJSONArrayOfObjects:
    '{\n\t"foo": [\n\t\t{\n\t\t\t"foo": 3,\n\t\t\t"bar": false\n\t\t},\n\t\t2\n\t]\n}',
  TestConflictingAttributes: '{"hello": "one", "hello": "two", "rootunique": {"key2": "a", "key2": "b"}}',
});

const jsonAlone = encrypts("json", {
  TestDecodeNumber: "42",
  TestDecodeArray: "[42]",
  TestDecodeEmpty: "",
});

const WITH_COMMENTS =
  "# head\na: 1 # inline\n# between\nb:\n    # inside\n    c:\n        # of the list\n        - x\n        # last\n";

const printed: readonly Case[] = [
  ...["0", "2", "4"].flatMap((indent) =>
    (["json", "yaml"] as const).map((type) =>
      row(
        `TestIndentTwoSpaces, TestIndent1, TestNoIndent: ${type} ${indent}`,
        { f: sealed("json", '{"a": {"b": [1, {"c": 2}]}}') },
        `--indent ${indent} decrypt --input-type json --output-type ${type} f`,
      ),
    ),
  ),
  row(
    "TestIndentDefault",
    { f: sealed("yaml", "a:\n  b: [1]\n") },
    "decrypt --input-type yaml --output-type json f",
  ),
  ...["json", "dotenv", "ini", "binary"].map((type) =>
    row(
      `TestComments: dropped in ${type}`,
      { "f.yaml": sealed("yaml", WITH_COMMENTS) },
      `decrypt --output-type ${type} f.yaml`,
    ),
  ),
  row("TestEmitValue", { "f.yaml": sealed("yaml", "a:\n  b: c\n") }, `decrypt --extract '["a"]' f.yaml`),
  row("TestLoadJSONFormattedBinaryFile", { "f.bin": '{"a": "b"}' }, [
    "encrypt -i --age $AGE1 f.bin",
    "decrypt f.bin",
  ]),
  ...Object.entries({
    TestEmitBinaryFileNoData: "other: x\n",
    TestEmitBinaryFileWrongDataType: "data: [x]\n",
    "TestEmitBinaryFileWrongDataType, a number": "data: 5\n",
    "TestEmitBinaryFileWrongBranches, two": "data: x\n---\ndata: y\n",
    "TestEmitBinaryFileWrongBranches, none too many": "data: x\nother: y\n",
  }).map(([name, plain]) =>
    row(name, { "f.yaml": sealed("yaml", plain) }, "decrypt --output-type binary f.yaml"),
  ),
];

const NUMBERS =
  "one: 1\na: 1.0\nb: 1.1\nc: 1.2345678901234567\nd: 200000.0\ne: -2E+10\nf: 2E-10\ng: 1.2345E+100\nh: 1.2345E-100\n";
const OTHERS = "t: true\nu: false\nv: 2025-01-02T03:04:05Z\nw: text\n";

const dotenv = [
  ...each("dotenv", {
    TestLoadPlainFile: "VAR1=val1\nVAR2=val2\n#comment\nVAR3_unencrypted=val3\nVAR4=val4\\nval4\n",
    TestHasSopsTopLevelKey: "sopsx=1\nsop_s=2\n",
  }),
  ...encrypts("dotenv", { "TestHasSopsTopLevelKey, each": "a=b\nsops_anything=x\n" }),
  row(
    "dotenv TestEmitValueString",
    { "f.env": sealed("dotenv", "a=x y\n") },
    `decrypt --extract '["a"]' f.env`,
  ),
  row(
    "dotenv TestEmitValueNonstring",
    { "f.yaml": sealed("yaml", "a: [1]\n") },
    `decrypt --extract '["a"]' --output-type dotenv f.yaml`,
  ),
  ...["dotenv", "ini"].map((type) =>
    row(
      `TestValToString in ${type}`,
      {
        "f.yaml": sealed(
          "yaml",
          type === "ini" ? `s:\n${`${NUMBERS}${OTHERS}`.replace(/^/gm, "  ").trimEnd()}\n` : NUMBERS + OTHERS,
        ),
      },
      `decrypt --output-type ${type} f.yaml`,
    ),
  ),
];

const ini = each("ini", {
  TestDecodeIni:
    '; last modified 1 April 2001 by John Doe\n[owner]\nname=John Doe\norganization=Acme Widgets Inc.\n\n[database]\n; use IP address in case network name resolution is not working\nserver=192.0.2.62\nport=143\nfile="payroll.dat"\n',
  TestEncodeSimpleIni: "foo = bar\nbaz = 3.0\nqux = false\n",
  TestEncodeIniWithEscaping: '[s]\nfoo\\bar = value\na_key_with"quotes" = 4.0\nbaz\\\\foo = 2.0\n',
  TestEncodeIniWithDuplicateSections: "[s]\na = 1\n\n[s]\nb = 2\n",
});

const plainOf: Readonly<Record<string, string>> = {
  "f.yaml": "hello: 2\n",
  "f.json": '{"hello": 2}',
  "f.env": "hello=2\n",
  "f.ini": "[s]\nhello = 2\n",
};
const notSealed = Object.keys(plainOf).map((name) =>
  row(`TestUnmarshalMetadataFromNonSOPSFile ${name}`, plainOf, [`decrypt ${name}`, `rotate ${name}`]),
);

export const storeCases: readonly Case[] = [
  ...yaml,
  moved,
  ...yamlAlone,
  ...json,
  ...jsonAlone,
  ...printed,
  ...dotenv,
  ...ini,
  ...notSealed,
];
