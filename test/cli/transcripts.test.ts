import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { playTranscript } from "../support/play.ts";
import { matches } from "../support/transcript.ts";

const SCRIPTS = join(import.meta.dirname, "scripts");

for (const file of readdirSync(SCRIPTS).filter((name) => name.endsWith(".txt"))) {
  describe(file.replace(/\.txt$/, ""), () => {
    playTranscript(join(SCRIPTS, file));
  });
}

describe("the transcripts' own matcher", () => {
  it.each([
    ["a", "a", true],
    ["a", "ab", false],
    ["a...", "ab", true],
    ["...b", "ab", true],
    ["...b", "abc", false],
    ["a...c...e", "abcde", true],
    ["a...a", "a", false],
    ["...", "", true],
    ["b...", "ab", false],
  ])("%s %s %s", (expected, line, answer) => {
    expect(matches(expected, line)).toBe(answer);
  });
});
