import { expect, test } from "vitest";
import { printable } from "../../src/core/printable.ts";

test.each([
  ["plain text, ü and 漢", "plain text, ü and 漢"],
  ["\u001b[31mred", "\\x1b[31mred"],
  ["a\nb\tc\r", "a\\nb\\tc\\x0d"],
  ["\u0000\u007f\u009b", "\\x00\\x7f\\x9b"],
  ["\u202egnp.exe", "\\u202egnp.exe"],
])("%j", (text, shown) => {
  expect(printable(text)).toBe(shown);
});
