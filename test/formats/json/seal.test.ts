import { describe, expect, it } from "vitest";
import { SopsError } from "../../../src/core/base/errors.ts";
import type { Scalar } from "../../../src/core/model/tree.ts";
import { entry, map, str } from "../../../src/core/model/tree.ts";
import { jsonFormat } from "../../../src/formats/json/index.ts";
import { BLOCK, bytes, fakeOpen, fakeSeal, text } from "./fake-seal.ts";

const sealed = (plain: string): string => text(fakeSeal(jsonFormat, bytes(plain)).bytes);
const hints = (plain: string): unknown[] =>
  fakeSeal(jsonFormat, bytes(plain)).presentation.leaves.map((h) => [h.at, h.spelling]);

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof SopsError) return error.code;
    throw error;
  }
  return "no error";
}

describe("the sealed text", () => {
  it.each([
    [
      "two spaces",
      '{\n  "a": "x",\n  "b": 1\n}\n',
      '{\n  "a": "ENC[0]",\n  "b": "ENC[1]",\n  "sops": {\n    "mac": "ENC[mac]",\n    "version": "3.13.3"\n  }\n}\n',
    ],
    [
      "tabs, no final newline",
      '{\n\t"a": true\n}',
      '{\n\t"a": "ENC[0]",\n\t"sops": {\n\t\t"mac": "ENC[mac]",\n\t\t"version": "3.13.3"\n\t}\n}',
    ],
    [
      "CRLF",
      '{\r\n "a":null\r\n}\r\n',
      '{\r\n "a":null,\r\n "sops":{\r\n  "mac":"ENC[mac]",\r\n  "version":"3.13.3"\r\n }\r\n}\r\n',
    ],
    [
      "no indentation",
      '{\n"a": ""\n}',
      '{\n"a": "",\n"sops": {\n"mac": "ENC[mac]",\n"version": "3.13.3"\n}\n}',
    ],
    ["one line", '{"a":1}\n', '{"a":"ENC[0]","sops":{"mac":"ENC[mac]","version":"3.13.3"}}\n'],
    [
      "one line with spaces",
      '{ "a": 1, "b": [2, 3] }',
      '{ "a": "ENC[0]", "b": ["ENC[1]", "ENC[2]"], "sops": {"mac": "ENC[mac]", "version": "3.13.3"} }',
    ],
    [
      "two entries on the last line",
      '{\n  "a": 1,\n  "b": 2, "c": 3}',
      '{\n  "a": "ENC[0]",\n  "b": "ENC[1]", "c": "ENC[2]",\n  "sops": {\n    "mac": "ENC[mac]",\n    "version": "3.13.3"\n  }}',
    ],
    [
      "commas first",
      '{ "a": 1\n, "b": 2\n}',
      '{ "a": "ENC[0]"\n, "b": "ENC[1]",\n"sops": {\n"mac": "ENC[mac]",\n"version": "3.13.3"\n}\n}',
    ],
    ["empty", "{ }\n", '{\n\t"sops": {\n\t\t"mac": "ENC[mac]",\n\t\t"version": "3.13.3"\n\t}\n}\n'],
  ])("%s", (_, plain, expected) => {
    expect(sealed(plain)).toBe(expected);
  });

  it("leaves what is not sealed as it stands", () => {
    const source = jsonFormat.parsePlain(bytes('{"a":1.0,"b":"\\u0041","c":null,"d":[]}'));
    expect(text(source.seal(new Map()).finish(map([])))).toBe(
      '{"a":1.0,"b":"\\u0041","c":null,"d":[],"sops":{}}',
    );
  });

  it("of canonical text is what sops prints for the sealed tree", () => {
    const plain = bytes('{\n\t"a": "x",\n\t"b": {\n\t\t"c": [\n\t\t\t1\n\t\t]\n\t}\n}\n');
    const { bytes: out, presentation } = fakeSeal(jsonFormat, plain);
    const { tree, metadata } = jsonFormat.parseSealed(out);
    expect(text(jsonFormat.emitSealed(tree, metadata))).toBe(text(out));
    expect(presentation).toEqual({ leaves: [], file: "" });
  });
});

describe("hints", () => {
  it.each([
    ['{"a":"x","b":1,"c":true,"d":-1.5,"e":"\\u003c"}', []],
    // 0 is the top-level object; containers and nulls count, keys do not.
    [
      '{"a":null,"b":[[],1.0],"c":{"d":1.10}}',
      [
        [4, "1.0"],
        [6, "1.10"],
      ],
    ],
    ['{"a":"<"}', [[1, "m"]]],
    ['{"a":"<\\u00e9"}', [[1, "a"]]],
    [
      '{"a":"é/<","b":"é\\/","c":"\\u00e9\\/"}',
      [
        [1, "m"],
        [2, "s"],
        [3, "as"],
      ],
    ],
    ['{"a":"\\u00E9"}', [[1, '"\\u00E9"']]],
    [
      '{"a":-0,"b":1E2}',
      [
        [1, "-0"],
        [2, "1E2"],
      ],
    ],
  ])("%s", (plain, expected) => {
    expect(hints(plain)).toEqual(expected);
  });

  const open = (values: readonly Scalar[], spelling: string): string => {
    const { bytes: out } = fakeSeal(jsonFormat, bytes('{"a":"x"}'));
    return text(fakeOpen(jsonFormat, out, { leaves: [{ at: 1, spelling }], file: "" }, values));
  };

  it.each([
    [{ kind: "float", value: 1.5 }, "1.50", "1.50"],
    [{ kind: "float", value: 2 }, "1.50", "2"],
    [{ kind: "int", value: 1n }, "1.0", "1"],
    [{ kind: "str", value: "a" }, '"\\u0041"', '"a"'],
    [{ kind: "str", value: "<" }, "m", '"<"'],
    [{ kind: "int", value: 5n }, "m", "5"],
    [{ kind: "str", value: "1" }, "1", '"1"'],
    [{ kind: "str", value: "x" }, '"x", "y": 1', '"x"'],
    [{ kind: "str", value: "x" }, '"x', '"x"'],
    [{ kind: "str", value: "x" }, "", '"x"'],
    [{ kind: "bool", value: true }, "null", "true"],
  ] as const)("%o spelled %j is %s", (value, spelling, expected) => {
    expect(open([value], spelling)).toBe(`{"a":${expected}}`);
  });
});

describe("opening", () => {
  const values: readonly Scalar[] = [
    { kind: "int", value: 1n },
    { kind: "str", value: "x" },
  ];

  it.each([
    ["first", '{"sops": {"mac": ""}, "a": "ENC[0]", "b": "ENC[1]"}\n', '{"a": 1, "b": "x"}\n'],
    ["between", '{"a": "ENC[0]", "sops": {"mac": ""}, "b": "ENC[1]"}', '{"a": 1, "b": "x"}'],
    ["last", '{"a": "ENC[0]", "b": "ENC[1]" , "sops": {"mac": ""} }', '{"a": 1, "b": "x" }'],
  ])("cuts the block out where it stands %s", (_, source, expected) => {
    expect(text(fakeOpen(jsonFormat, bytes(source), { leaves: [], file: "" }, values))).toBe(expected);
  });

  it("spells a value of a kind that JSON does not have", () => {
    const { bytes: out } = fakeSeal(jsonFormat, bytes('{"a":1,"b":2,"c":3}'));
    const made = fakeOpen(jsonFormat, out, { leaves: [], file: "" }, [
      { kind: "time", value: "2024-01-01T00:00:00Z" },
      { kind: "bytes", value: new Uint8Array([0x41, 0xff]) },
      { kind: "float", value: -0 },
    ]);
    expect(text(made)).toBe('{"a":"2024-01-01T00:00:00Z","b":"A\\ufffd","c":-0}');
  });

  it("drops list elements that were another format's comments, as sops does", () => {
    const source = jsonFormat.parseSealed(bytes('{"a":["ENC[0]","x"],"sops":{}}'));
    const list = source.tree.documents[0]?.entries[0];
    const comment = list?.type === "entry" && list.value.type === "list" ? list.value.items[0] : undefined;
    if (comment?.type !== "leaf") throw new Error("no leaf");
    const opened = source.open(new Map([[comment, " note"]]), { leaves: [], file: "" });
    expect(text(opened)).toBe('{\n\t"a": [\n\t\t"x"\n\t]\n}\n');
  });

  it("refuses a number that JSON cannot hold", () => {
    const { bytes: out } = fakeSeal(jsonFormat, bytes('{"a":1}'));
    const infinite = [{ kind: "float", value: Infinity }] as const;
    expect(codeOf(() => fakeOpen(jsonFormat, out, { leaves: [], file: "" }, infinite))).toBe("EMIT");
  });
});

describe("the metadata block", () => {
  it("is kept as written, apart from the tree", () => {
    const source = jsonFormat.parseSealed(bytes('{"sops":{"version":1,"age":null},"a":"x"}'));
    expect(source.metadata.entries.map((e) => e.type === "entry" && [e.key, e.value.type])).toEqual([
      ["version", "leaf"],
      ["age", "null"],
    ]);
    expect(source.tree.documents[0]?.entries).toHaveLength(1);
  });

  it.each([
    ["{}", "NO_METADATA"],
    ['{"a":{"sops":{}}}', "NO_METADATA"],
    ['{"sops":null}', "BAD_METADATA"],
    ['{"sops":"x"}', "BAD_METADATA"],
    ['{"sops":[]}', "BAD_METADATA"],
    ['{"sops":{},"sops":{}}', "BAD_METADATA"],
    ['{"sops":{}', "PARSE"],
  ])("%s: %s", (source, code) => {
    expect(codeOf(() => jsonFormat.parseSealed(bytes(source)))).toBe(code);
  });

  it("is refused where the data has its key", () => {
    const tree = { documents: [map([entry("sops", str("x"))])] };
    expect(codeOf(() => jsonFormat.emitSealed(tree, BLOCK))).toBe("ALREADY_ENCRYPTED");
    expect(text(jsonFormat.emit(tree))).toBe('{\n\t"sops": "x"\n}\n');
  });
});
