import { describe, expect, it, test } from "vitest";
import { printable, printableJson } from "../../../src/core/base/printable.ts";

test.each([
  ["plain text, ü and 漢 and 🔑", "plain text, ü and 漢 and 🔑"],
  ["no-break\u00a0space", "no-break\u00a0space"],
  ["\u001b[31mred", "\\x1b[31mred"],
  ["a\nb\tc\r", "a\\nb\\tc\\x0d"],
  ["\u0000\u007f\u009b", "\\x00\\x7f\\x9b"],
  ["\u202egnp.exe", "\\u202egnp.exe"],
  ["\u061c\u200e\u200f\u202a\u202d\u2066\u2069", "\\u061c\\u200e\\u200f\\u202a\\u202d\\u2066\\u2069"],
  [
    "a\u200bb\u200cc\u200dd\u2060e\ufefff\u00adg\u180eh",
    "a\\u200bb\\u200cc\\u200dd\\u2060e\\ufefff\\xadg\\u180eh",
  ],
  ["\u2028\u2029\u2061\u206f\ufff9", "\\u2028\\u2029\\u2061\\u206f\\ufff9"],
  ["\u034f\u115f\u3164\uffa0\ufe0f", "\\u034f\\u115f\\u3164\\uffa0\\ufe0f"],
  ["\u{e0041}\u{e007f}\u{e0101}\u{1d173}", "\\u{e0041}\\u{e007f}\\u{e0101}\\u{1d173}"],
  ["half\ud83d", "half\\ud83d"],
])("%j", (text, shown) => {
  expect(printable(text)).toBe(shown);
});

describe("printableJson", () => {
  const value = { "a\u200b.yaml": "\u202e\u0085\u{e0041}\ud83d\n", list: ["é"] };

  it("escapes the same as JSON does, so that it reads back as it was", () => {
    const json = printableJson(value);
    expect(json).toBe('{"a\\u200b.yaml":"\\u202e\\u0085\\udb40\\udc41\\ud83d\\n","list":["é"]}');
    expect(JSON.parse(json)).toEqual(value);
  });

  it("keeps the lines of its own layout", () => {
    expect(printableJson(value, 2).split("\n")).toHaveLength(6);
    expect(JSON.parse(printableJson(value, 2))).toEqual(value);
  });
});
