import { describe, expect, it } from "vitest";
import { SopsError } from "../../../src/core/base/errors.ts";
import type { Entry, Node } from "../../../src/core/model/tree.ts";
import { jsonFormat } from "../../../src/formats/json/index.ts";
import { bytes } from "./fake-seal.ts";

function entries(source: string): Entry[] {
  const root = jsonFormat.parsePlain(bytes(source)).tree.documents[0];
  return (root?.entries ?? []).filter((e): e is Entry => e.type === "entry");
}

function valueOf(source: string): unknown {
  const node = entries(`{"k":${source}}`)[0]?.value;
  return node?.type === "leaf" ? [node.value.kind, node.value.value] : node?.type;
}

function refusal(source: string | Uint8Array): SopsError {
  try {
    jsonFormat.parsePlain(typeof source === "string" ? bytes(source) : source);
  } catch (error) {
    if (error instanceof SopsError) return error;
    throw error;
  }
  throw new Error("was accepted");
}

describe("values", () => {
  it.each([
    ["1", ["int", 1n]],
    ["-0", ["int", 0n]],
    ["9223372036854775807", ["int", 9223372036854775807n]],
    ["-9223372036854775808", ["int", -9223372036854775808n]],
    ["9223372036854775808", ["float", 9223372036854775808]],
    ["-9223372036854775809", ["float", -9223372036854775808]],
    ["1.0", ["float", 1]],
    ["1e3", ["float", 1000]],
    ["-0.0", ["float", -0]],
    ["1e-400", ["float", 0]],
    ["-1e-400", ["float", -0]],
    ["true", ["bool", true]],
    ["false", ["bool", false]],
    ["null", "null"],
    ['""', ["str", ""]],
    ['"2024-01-01"', ["str", "2024-01-01"]],
    ['"\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041"', ["str", '"\\/\b\f\n\r\tA']],
    ['"\\ud83d\\ude00"', ["str", "😀"]],
    ['"\\uD800"', ["str", "\ufffd"]],
    ['"\\ude00\\ud83d"', ["str", "\ufffd\ufffd"]],
    ['"a\u007f\u2028😀"', ["str", "a\u007f\u2028😀"]],
  ])("%s", (source, value) => {
    expect(valueOf(source)).toStrictEqual(value);
  });

  it("types a number of any length in no time", () => {
    expect(valueOf(`0.${"1".repeat(1_000_000)}`)).toStrictEqual(["float", 0.1111111111111111]);
  });
});

describe("structure", () => {
  it("keeps order, duplicates, integer-like keys and __proto__", () => {
    const keys = entries('{"10":1,"2":2,"__proto__":{"a":1},"2":3,"":4}').map((e) => e.key);
    expect(keys).toEqual(["10", "2", "__proto__", "2", ""]);
  });

  it("gives every node its place in the text", () => {
    const source = ' {"a" : [1, {"b":null}] }';
    const spans: string[] = [];
    const walk = (node: Node): void => {
      spans.push(source.slice(node.span?.start, node.span?.end));
      const children = node.type === "map" ? node.entries.map((e) => (e.type === "entry" ? e.value : e)) : [];
      for (const child of node.type === "list" ? node.items : children)
        if (child.type !== "comment") walk(child);
    };
    const root = jsonFormat.parsePlain(bytes(source)).tree.documents[0];
    if (root) walk(root);
    expect(spans).toEqual(['{"a" : [1, {"b":null}] }', '[1, {"b":null}]', "1", '{"b":null}', "null"]);
  });
});

describe("refusals", () => {
  it.each([
    ["", "PARSE", undefined, undefined],
    [" \n", "PARSE", undefined, undefined],
    ["[1]", "TOP_LEVEL_NOT_MAP", 1, 1],
    ["\n 1", "TOP_LEVEL_NOT_MAP", 2, 2],
    ['"a"', "TOP_LEVEL_NOT_MAP", 1, 1],
    ["null", "TOP_LEVEL_NOT_MAP", 1, 1],
    ["key: value", "PARSE", 1, 1],
    ['\ufeff{"a":1}', "UNSUPPORTED", 1, 1],
    ['{"a":1}x', "PARSE", 1, 8],
    ['{"a":1}\n{"b":2}', "PARSE", 2, 1],
    ['{"a":1}}', "PARSE", 1, 8],
    ['{"a":1} // c', "PARSE", 1, 9],
    ['{"a":1', "PARSE", 1, 7],
    ['{"a":[1', "PARSE", 1, 8],
    ['{"a":', "PARSE", 1, 6],
    ['{"a"', "PARSE", 1, 5],
    ["{", "PARSE", 1, 2],
    ['{"a', "PARSE", 1, 4],
    ['{"a":1,}', "PARSE", 1, 8],
    ['{"a":[1,]}', "PARSE", 1, 9],
    ['{,"a":1}', "PARSE", 1, 2],
    ['{"a":1,,"b":2}', "PARSE", 1, 8],
    ['{"a":1 "b":2}', "PARSE", 1, 8],
    ['{"a":[1 2]}', "PARSE", 1, 9],
    ['{"a":[1}}', "PARSE", 1, 8],
    ['{"a" 1}', "PARSE", 1, 6],
    ["{a:1}", "PARSE", 1, 2],
    ["{'a':1}", "PARSE", 1, 2],
    ['{"a":01}', "PARSE", 1, 7],
    ['{"a":+1}', "PARSE", 1, 6],
    ['{"a":.5}', "PARSE", 1, 6],
    ['{"a":1.}', "PARSE", 1, 7],
    ['{"a":NaN}', "PARSE", 1, 6],
    ['{"a":truex}', "PARSE", 1, 10],
    ['{"a":1e400}', "PARSE", 1, 6],
    ['{"a":"\t"}', "PARSE", 1, 7],
    ['{"a":"\n"}', "PARSE", 1, 7],
    ['{"a":"\\x"}', "PARSE", 1, 7],
    ['{"a":"\\u12g4"}', "PARSE", 1, 7],
    ['{"a":"\\u12', "PARSE", 1, 7],
    ['{\n"😀": /* c */ 1}', "PARSE", 2, 6],
    ['{\n\n "sops": 1}', "ALREADY_ENCRYPTED", 3, 2],
  ])("%j", (source, code, line, column) => {
    const error = refusal(source);
    expect([error.code, error.place?.line, error.place?.column]).toEqual([code, line, column]);
    expect(error.hint).not.toBe(undefined);
  });

  it("names the line of bytes that are not UTF-8, where sops would lose them", () => {
    const error = refusal(new Uint8Array([...bytes('{"a":\n"'), 0xff, ...bytes('"}')]));
    expect([error.code, error.place?.line]).toEqual(["NOT_UTF8", 2]);
  });

  it("shows nothing of the text: it may be a secret", () => {
    for (const source of [
      '{"a": hunter2}',
      '{"a":"x" hunter2}',
      '{"a":"hunter2',
      "hunter2",
      '{"a":"hunter2\\x"}',
    ]) {
      const error = refusal(source);
      expect(`${error.message} ${String(error.hint)}`).not.toContain("hunter2");
    }
  });
});

describe("depth", () => {
  const nested = (levels: number): string => `{"a":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`;

  it("reads as deep as sops does", () => {
    expect(entries(nested(10_000))).toHaveLength(1);
  });

  it.each([10_001, 100_000, 1_000_000])("refuses %i levels", (levels) => {
    expect(refusal(nested(levels)).code).toBe("UNSUPPORTED");
    expect(refusal('{"a":'.repeat(levels)).code).toBe("UNSUPPORTED");
  });
});
