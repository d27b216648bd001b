import { describe, expect, it } from "vitest";
import { SopsError } from "../../../src/core/base/errors.ts";
import {
  type Comment,
  entry,
  list,
  map,
  type Node,
  NULL,
  type Scalar,
  str,
} from "../../../src/core/model/tree.ts";
import { jsonFormat } from "../../../src/formats/json/index.ts";
import { text } from "./fake-seal.ts";

const leaf = (value: Scalar): Node => ({ type: "leaf", value });
const comment = (value: string): Comment => ({ type: "comment", text: value, inline: false });
const value = (node: Node, indent?: number): string => text(jsonFormat.emitValue(node, { indent }));

function errorOf(work: () => unknown): SopsError {
  try {
    work();
  } catch (error) {
    if (error instanceof SopsError) return error;
    throw error;
  }
  throw new Error("no error");
}

describe("scalars", () => {
  it.each([
    [{ kind: "float", value: 1 }, "1"],
    [{ kind: "float", value: 1234567 }, "1234567"],
    [{ kind: "float", value: 12345678.9 }, "12345678.9"],
    [{ kind: "float", value: 1e20 }, "100000000000000000000"],
    [{ kind: "float", value: 1e21 }, "1e+21"],
    [{ kind: "float", value: 1e-5 }, "0.00001"],
    [{ kind: "float", value: 1e-6 }, "0.000001"],
    [{ kind: "float", value: 1e-7 }, "1e-7"],
    [{ kind: "float", value: 5e-324 }, "5e-324"],
    [{ kind: "float", value: 1.7976931348623157e308 }, "1.7976931348623157e+308"],
    [{ kind: "float", value: -0 }, "-0"],
    [{ kind: "int", value: -9223372036854775808n }, "-9223372036854775808"],
    [{ kind: "bool", value: false }, "false"],
    [{ kind: "time", value: "2024-01-01T00:00:00+01:00" }, '"2024-01-01T00:00:00+01:00"'],
    [{ kind: "str", value: "<a>&\u2028\u2029" }, '"\\u003ca\\u003e\\u0026\\u2028\\u2029"'],
    [{ kind: "str", value: '"\\/\b\f\n\r\t\0\u001f\u007f' }, '"\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\u007f"'],
    [{ kind: "str", value: "é\u0085\ufeff😀\ufffd" }, '"é\u0085\ufeff😀\ufffd"'],
  ] as const)("%o", (scalar, expected) => {
    expect(value(leaf(scalar))).toBe(expected);
  });

  it("null, and empty containers", () => {
    expect([value(NULL), value(map([])), value(list([]))]).toEqual(["null", "{}", "[]"]);
  });

  // Each byte that Go does not take as UTF-8 becomes one escape: overlong, surrogate, too large, cut off, stray.
  it.each([
    [[0x41, 0xff, 0x42], "A\\ufffdB"],
    [[0xc0, 0x80], "\\ufffd\\ufffd"],
    [[0xe0, 0x80, 0x80], "\\ufffd\\ufffd\\ufffd"],
    [[0xed, 0xa0, 0x80], "\\ufffd\\ufffd\\ufffd"],
    [[0xf4, 0x90, 0x80, 0x80], "\\ufffd\\ufffd\\ufffd\\ufffd"],
    [[0xe2, 0x82], "\\ufffd\\ufffd"],
    [[0xe2, 0x82, 0xac, 0x3c, 0xc3, 0xa9, 0xf0, 0x9f, 0x98, 0x80, 0x80], "€\\u003cé😀\\ufffd"],
  ])("bytes %j", (octets, expected) => {
    expect(value(leaf({ kind: "bytes", value: new Uint8Array(octets) }))).toBe(`"${expected}"`);
  });

  it.each([Infinity, -Infinity, NaN])("refuses %d, with its path", (number) => {
    const tree = {
      documents: [map([entry("a", list([NULL, map([entry("b", leaf({ kind: "float", value: number }))])]))])],
    };
    const error = errorOf(() => jsonFormat.emit(tree));
    expect([error.code, error.place?.path]).toEqual(["EMIT", '["a"][1]["b"]']);
  });
});

describe("layout", () => {
  const tree = {
    documents: [map([entry("a", list([str("x"), map([entry("b", NULL)])])), entry("c", map([]))])],
  };

  it.each([
    [undefined, '{\n\t"a": [\n\t\t"x",\n\t\t{\n\t\t\t"b": null\n\t\t}\n\t],\n\t"c": {}\n}\n'],
    [-1, '{\n\t"a": [\n\t\t"x",\n\t\t{\n\t\t\t"b": null\n\t\t}\n\t],\n\t"c": {}\n}\n'],
    [0, '{\n"a": [\n"x",\n{\n"b": null\n}\n],\n"c": {}\n}\n'],
    [2, '{\n  "a": [\n    "x",\n    {\n      "b": null\n    }\n  ],\n  "c": {}\n}\n'],
  ])("indent %s", (indent, expected) => {
    expect(text(jsonFormat.emit(tree, { indent }))).toBe(expected);
  });

  it("refuses a smaller indent", () => {
    expect(errorOf(() => jsonFormat.emit(tree, { indent: -2 })).code).toBe("EMIT");
  });

  it("of a single value has no final newline", () => {
    expect(value(list([leaf({ kind: "int", value: 1n })]), 1)).toBe("[\n 1\n]");
  });

  it("nests as deep as sops does, and no deeper", () => {
    const nest = (levels: number): Node => {
      let node: Node = NULL;
      for (let i = 0; i < levels; i++) node = list([node]);
      return node;
    };
    expect(value(nest(10_000), 0).length).toBe(10_000 * 4 + 4);
    expect(errorOf(() => value(nest(10_001), 0)).code).toBe("EMIT");
    expect(errorOf(() => value(nest(200_000), 0)).code).toBe("EMIT");
  });
});

describe("trees of other formats", () => {
  it("leaves comments out, wherever they stand", () => {
    const tree = {
      documents: [
        map([
          comment(" top"),
          entry("a", list([comment(" one"), str("x"), comment(" two")])),
          entry("only", list([comment("x")])),
          entry("empty", map([comment("x")])),
        ]),
      ],
    };
    expect(text(jsonFormat.emit(tree))).toBe('{\n\t"a": [\n\t\t"x"\n\t],\n\t"only": [],\n\t"empty": {}\n}\n');
  });

  it("prints a comment that is a map's value as sops does", () => {
    expect(value(map([entry("a", comment("x"))]), 0)).toBe('{\n"a": {\n"Value": "x",\n"Inline": false\n}\n}');
  });

  it("takes the first document of several", () => {
    const tree = { documents: [map([entry("a", NULL)]), map([entry("b", NULL)])] };
    expect(text(jsonFormat.emit(tree))).toBe('{\n\t"a": null\n}\n');
    expect(text(jsonFormat.emit({ documents: [] }))).toBe("{}\n");
    expect(text(jsonFormat.emitSealed(tree, map([])))).toBe('{\n\t"a": null,\n\t"sops": {}\n}\n');
  });

  it("keeps duplicate keys, their order and their escapes", () => {
    const tree = {
      documents: [map([entry("2", NULL), entry("1", NULL), entry("2", NULL), entry("<\n", NULL)])],
    };
    expect(text(jsonFormat.emit(tree))).toBe(
      '{\n\t"2": null,\n\t"1": null,\n\t"2": null,\n\t"\\u003c\\n": null\n}\n',
    );
  });
});
