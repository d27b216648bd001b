import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatTreePath, parseTreePath } from "../../../src/core/model/path.ts";

describe("parseTreePath", () => {
  it.each([
    ["", []],
    ['["a"]', ["a"]],
    ["['a']", ["a"]],
    ['["a"]["b"][0]', ["a", "b", 0]],
    ['["a"][10]["b"]', ["a", 10, "b"]],
    ["[0]", [0]],
    ["[9007199254740991]", [Number.MAX_SAFE_INTEGER]],
    ['[""]', [""]],
    ['["0"]', ["0"]],
    ['["a.b"]', ["a.b"]],
    ['["a]b"]', ["a]b"]],
    ['["a\\"b"]', ['a\\"b']],
    ["[\"a']", ["a"]],
    ['["__proto__"]', ["__proto__"]],
    ["a", ["a"]],
    ["a.b", ["a", "b"]],
    ["a.b[0]", ["a", "b", 0]],
    ["a[0].b", ["a", 0, "b"]],
    ["a[0][1].b.c", ["a", 0, 1, "b", "c"]],
    ['a["x.y"].b', ["a", "x.y", "b"]],
    ['a["0"]', ["a", "0"]],
    ['["a"b"]', ['a"b']],
    ["snake_case.kebab-case.x-", ["snake_case", "kebab-case", "x-"]],
    ["with space.é", ["with space", "é"]],
  ])("%s", (text, parts) => {
    expect(parseTreePath(text)).toEqual(parts);
  });

  it.each([
    "[]",
    '["a"',
    '["]',
    '["a"]x',
    "[a]",
    "[-1]",
    "[1.5]",
    "[0x1]",
    "[9007199254740992]",
    "[99999999999999999999]",
    "a[99999999999999999999]",
    '["a"].b',
    "a[",
    "a[]",
    "a]",
    "a[0]b",
    "a..b",
    ".a",
    "a.",
    "a[b]",
    // half typed
    '["a]',
    '["a"]]',
    "['a]",
    // other notations, and what more likely is a value
    "$.a",
    "$a",
    "/a",
    "/a/b",
    "a/b",
    "a:b",
    '"a"',
    "'a'",
    '"a".b',
    "{a}",
    "a.*",
    " a",
    "a ",
    ' ["a"]',
    "a.0",
    "5432",
    "true",
    "null",
    "a.true",
    "-a",
    "~",
  ])("refuses %s", (text) => {
    expect(() => parseTreePath(text)).toThrow(expect.objectContaining({ code: "BAD_PATH" }));
  });

  it("reads what formatTreePath writes, for every key without [", () => {
    const part = fc.oneof(
      fc.string({ unit: "grapheme-ascii", maxLength: 8 }).filter((key) => !key.includes("[")),
      fc.nat(1_000_000),
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        expect(parseTreePath(formatTreePath(parts))).toEqual(parts);
      }),
    );
  });
});
