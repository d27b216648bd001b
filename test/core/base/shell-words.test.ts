import { expect, test } from "vitest";
import { shellWords } from "../../../src/core/base/shell-words.ts";

test.each<[string, string[]]>([
  ["", []],
  ["  \t\n ", []],
  ["one", ["one"]],
  [" a  b\tc\n", ["a", "b", "c"]],
  [`a 'b c' "d e"`, ["a", "b c", "d e"]],
  [`a'b c'd"e f"g`, ["ab cde fg"]],
  [`'' ""`, ["", ""]],
  [`a\\ b \\' \\\\`, ["a b", "'", "\\"]],
  [`"a\\"b" 'a\\b'`, [`a"b`, "a\\b"]],
  [`'$HOME' $HOME * ~`, ["$HOME", "$HOME", "*", "~"]],
  ["a # b c\nd", ["a", "d"]],
  ["a#b", ["a#b"]],
  ["# only", []],
])("%j", (text, words) => {
  expect(shellWords(text)).toEqual(words);
});

test.each([`'a`, `"a`, `a "b\\"`, "a\\"])("%j leaves something open", (text) => {
  expect(shellWords(text)).toBeNull();
});
