import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { setAt, unsetAt } from "../../../src/core/model/tree-edit.ts";
import { equalNodes } from "../../../src/core/model/tree-equal.ts";
import { entry, list, map, type MapNode, type Node, NULL, str } from "../../../src/core/model/tree.ts";
import { jsonFormat } from "../../../src/formats/json/index.ts";
import { bytes, text } from "./fake-seal.ts";

type Path = readonly (string | number)[];

const one: Node = { type: "leaf", value: { kind: "int", value: 1n } };
const float = (value: number): Node => ({ type: "leaf", value: { kind: "float", value } });
const nested: Node = map([entry("k", list([one]))]);

function rootOf(source: string | Uint8Array): MapNode {
  const root = jsonFormat.parsePlain(typeof source === "string" ? bytes(source) : source).tree.documents[0];
  if (root === undefined) throw new Error("no document");
  return root;
}

function set(source: string, path: Path, value: Node): string | null {
  const made = jsonFormat.parsePlain(bytes(source)).set?.(path, value) ?? null;
  return made && text(made);
}

function unset(source: string, path: Path): string | null {
  const made = jsonFormat.parsePlain(bytes(source)).unset?.(path) ?? null;
  return made && text(made);
}

const FILE =
  '{\r\n  "a": {"x": 1.0, "y": [true]},\r\n  "l": [\r\n    1,\r\n    2\r\n  ],\r\n  "e": {}\r\n}\r\n';

describe("set", () => {
  it.each([
    ["a value", '{ "a" : 1.0 , "b":2}', ["a"], str("<"), '{ "a" : "\\u003c" , "b":2}'],
    ["the first of two", '{"a":1,"a":2}', ["a"], NULL, '{"a":null,"a":2}'],
    ["an element", '{"a":[1, 2]}', ["a", 1], NULL, '{"a":[1, null]}'],
    ["after the last element", '{"a":[1, 2]}', ["a", 2], NULL, '{"a":[1, 2, null]}'],
    ["into an empty list", '{"a":[ ]}', ["a", 0], NULL, '{"a":[null]}'],
    ["a new key, one line", '{"a":1}', ["b"], nested, '{"a":1,"b":{"k":[1]}}'],
    ["a new key, one line with spaces", '{"a": 1}', ["b"], nested, '{"a": 1, "b": {"k": [1]}}'],
    [
      "a new key, own lines",
      '{\n  "a": 1\n}\n',
      ["b"],
      nested,
      '{\n  "a": 1,\n  "b": {\n    "k": [\n      1\n    ]\n  }\n}\n',
    ],
    ["into an empty file", "{}", ["b"], one, '{\n\t"b": 1\n}'],
    [
      "a float that stays one",
      '{"a":1}',
      ["a"],
      list([float(2), float(-0), float(1e21)]),
      '{"a":[2.0,-0.0,1e+21]}',
    ],
    ["a key of digits", '{"a":1}', ["0"], one, '{"a":1,"0":1}'],
  ] as const)("%s", (_, source, path, value, expected) => {
    expect(set(source, path, value)).toBe(expected);
  });

  it.each([
    [["a", "z"], one, '"a": {"x": 1.0, "y": [true], "z": 1},'],
    [["a", "z"], nested, '"a": {"x": 1.0, "y": [true], "z": {"k": [1]}},'],
    [["a", "y"], nested, '"a": {"x": 1.0, "y": {"k": [1]}},'],
    [["l", 2], one, "    2,\r\n    1\r\n  ],"],
    [["l", 0], nested, '    {\r\n      "k": [\r\n        1\r\n      ]\r\n    },\r\n    2'],
    [["e", "k"], one, '  "e": {\r\n    "k": 1\r\n  }\r\n}'],
    [["n"], nested, '  "e": {},\r\n  "n": {\r\n    "k": [\r\n      1\r\n    ]\r\n  }\r\n}'],
  ] as const)("%j in a file of several layouts", (path, value, expected) => {
    expect(set(FILE, path, value)).toContain(expected);
  });

  it.each([[[]], [["x", "y"]], [["a", 0]], [["l", "k"]], [["l", 3]], [["a", "x", "k"]]])(
    "leaves %j to the caller",
    (path) => {
      expect(set(FILE, path, one)).toBe(null);
    },
  );
});

describe("unset", () => {
  it.each([
    ['{"a":1}', ["a"], "{}"],
    ['{ "a":1, "b":2 }', ["a"], '{ "b":2 }'],
    ['{ "a":1 , "b":2 }', ["b"], '{ "a":1 }'],
    ['{\n  "a": 1,\n  "b": 2,\n  "c": 3\n}\n', ["b"], '{\n  "a": 1,\n  "c": 3\n}\n'],
    ['{\n  "a": 1,\n  "b": 2\n}\n', ["b"], '{\n  "a": 1\n}\n'],
    ['{"a":[1, [2], 3]}', ["a", 1], '{"a":[1, 3]}'],
    ['{"a":[1, [2], 3]}', ["a", 1, 0], '{"a":[1, [], 3]}'],
    ['{"a":1}', ["b"], null],
    ['{"a":1}', ["a", "b"], null],
    ['{"a":[1]}', ["a", 1], null],
    ['{"a":[1]}', ["a", "0"], null],
    ['{"a":1}', [], null],
  ] as const)("%s without %j", (source, path, expected) => {
    expect(unset(source, path)).toBe(expected);
  });
});

const json = fc.dictionary(
  fc.constantFrom("a", "b", "c"),
  fc.jsonValue({ maxDepth: 2, depthSize: "small" }).map((value) => (value === -0 ? 0 : value)),
);
const source = fc
  .tuple(json, fc.constantFrom(undefined, 0, 2, "\t"))
  .map(([value, indent]) => JSON.stringify(value, null, indent));
const path = fc.array(fc.oneof(fc.constantFrom("a", "b", "c"), fc.nat(2)), { minLength: 1, maxLength: 3 });

describe("properties", () => {
  it("a spliced text holds what the tree rules ask for", () => {
    fc.assert(
      fc.property(
        source,
        path,
        fc.constantFrom(one, nested, NULL, list([]), float(-3)),
        (text0, where, value) => {
          const made = set(text0, where, value);
          if (made !== null) expect(equalNodes(rootOf(made), setAt(rootOf(text0), where, value))).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("and one without an entry as well", () => {
    fc.assert(
      fc.property(source, path, (text0, where) => {
        const made = unset(text0, where);
        if (made !== null) expect(equalNodes(rootOf(made), unsetAt(rootOf(text0), where))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("setting and unsetting a new key gives the text back", () => {
    fc.assert(
      fc.property(source, (text0) => {
        fc.pre(text0 !== "{}");
        const made = set(text0, ["new"], nested);
        expect(made && unset(made, ["new"])).toBe(text0);
      }),
    );
  });
});
