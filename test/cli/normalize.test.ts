import { describe, expect, it } from "vitest";
import { commandIndex, flagTable, normalize } from "../../src/cli/normalize.ts";
import { ALL_OPTIONS } from "../../src/cli/options.ts";
import { COMMANDS } from "../../src/cli/registry.ts";

const table = flagTable(ALL_OPTIONS);
const words = (...argv: string[]): readonly string[] => normalize(argv, table).words;

describe("normalize", () => {
  it.each([
    [
      ["-i", "f", "--age", "X"],
      ["--in-place", "f", "--age=X"],
    ],
    [["-age", "X"], ["--age=X"]],
    [["-a=X"], ["--age=X"]],
    [["--output", "-"], ["--output=-"]],
    [["--age", "--odd"], ["--age=--odd"]],
    [["--in-place=true"], ["--in-place"]],
    [["--in-place=false", "-i=0"], []],
    [["--in-place=perhaps"], ["--in-place=perhaps"]],
    [
      ["--unknown", "-x", "-5", "-"],
      ["--unknown", "-x", "-5", "-"],
    ],
    [["--age"], ["--age"]],
  ])("%j is %j", (argv, expected) => {
    expect(words(...argv)).toEqual(expected);
  });

  it("takes back a switch that is turned off after it", () => {
    expect(words("-i", "f", "--in-place=false")).toEqual(["f"]);
  });

  it("leaves all that stands after -- alone", () => {
    expect(normalize(["f", "--", "-i", "--", "x"], table)).toEqual({ words: ["f"], rest: ["-i", "--", "x"] });
    expect(normalize(["f", "--"], table).rest).toEqual([]);
  });
});

describe("commandIndex", () => {
  it.each([
    [["decrypt", "f"], 0],
    [["--config", "decrypt", "encrypt"], 2],
    [["--config=c", "encrypt"], 1],
    [["--verbose", "decrypt"], 1],
    [["-i", "-age", "X", "encrypt"], 3],
    [["--", "decrypt"], -1],
    [["--help"], -1],
    [[], -1],
  ])("of %j is %j", (argv, expected) => {
    expect(commandIndex(argv, table)).toBe(expected);
  });
});

describe("the flags of all commands", () => {
  it("are in the one table, and no letter means two flags of one command", async () => {
    for (const [name, { load }] of COMMANDS) {
      const { command } = await load();
      const known = command.options.every((spec) => table.byLong.get(spec.long)?.value === spec.value);
      expect(known, name).toBe(true);
      const letters = command.options.flatMap(({ short }) => short ?? []);
      expect(new Set(letters).size, name).toBe(letters.length);
      expect(command.examples.length, name).toBeGreaterThan(0);
    }
  });
});
