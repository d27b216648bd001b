import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CommandModule } from "../../src/cli/command.ts";
import { askCommander } from "../../src/cli/commander.ts";
import type { Io } from "../../src/cli/io.ts";
import { flagTable, normalize } from "../../src/cli/normalize.ts";
import { ALL_OPTIONS, GLOBAL_OPTIONS, type OptionSpec } from "../../src/cli/options.ts";
import { COMMANDS } from "../../src/cli/registry.ts";
import { readWords, type Words } from "../../src/cli/words.ts";
import { SopsError } from "../../src/core/base/errors.ts";

const table = flagTable(ALL_OPTIONS);
const io = { writeOut: () => undefined } as unknown as Io;

/** What commander answers; null where it refuses. */
function byCommander(name: string, module: CommandModule, words: readonly string[]): Words | null {
  try {
    return askCommander(name, "", module, [...module.options, ...GLOBAL_OPTIONS], words, io);
  } catch (error) {
    expect(error instanceof SopsError || (error as Error).constructor.name === "HelpShown").toBe(true);
    return null;
  }
}

const plain = (words: Words | null): unknown =>
  words && { flags: Object.fromEntries(words.flags), operands: words.operands };

/** Command lines as people type them, right and wrong. */
function lines(specs: readonly OptionSpec[]): fc.Arbitrary<string[]> {
  const text = fc.constantFrom(
    "",
    "-",
    "a.yaml",
    "true",
    "no",
    "=",
    "a=b",
    "--",
    "-5",
    "-x",
    "--age",
    "x\ny",
    '["a"]',
  );
  const spec = fc.constantFrom(...specs, ...ALL_OPTIONS);
  const name = fc
    .tuple(spec, fc.nat(3))
    .map(([{ long, short, alias }, n]) =>
      n === 0 && short !== undefined
        ? `-${short}`
        : `${n === 1 ? "-" : "--"}${(n === 2 ? alias : undefined) ?? long}`,
    );
  const word = fc.oneof(
    text,
    name,
    fc.tuple(name, text).map(([flag, value]) => `${flag}=${value}`),
    fc.constantFrom("--help", "-h", "--nonsense", "--in-plac"),
  );
  return fc.array(word, { maxLength: 6 });
}

describe("the words of a command", () => {
  it.each([...COMMANDS.keys()])("are read as commander reads them, or left to it: %s", async (name) => {
    const { command } = (await COMMANDS.get(name)?.load()) ?? {};
    if (command === undefined) throw new Error("no module");
    const specs = [...command.options, ...GLOBAL_OPTIONS];
    let read = 0;
    fc.assert(
      fc.property(lines(specs), (line) => {
        const { words } = normalize(line, table);
        const ours = readWords(words, specs);
        if (ours === null) return;
        read++;
        expect(plain(ours)).toEqual(plain(byCommander(name, command, words)));
      }),
      { numRuns: 400 },
    );
    expect(read).toBeGreaterThan(50);
  });

  it("are left to commander only where something is wrong, or help is asked for", async () => {
    const { command } = (await COMMANDS.get("encrypt")?.load()) ?? {};
    if (command === undefined) throw new Error("no module");
    const specs = [...command.options, ...GLOBAL_OPTIONS];
    fc.assert(
      fc.property(lines(specs), (line) => {
        const { words } = normalize(line, table);
        // A number below zero is an operand for commander: so rare that it may tell.
        if (words.some((word) => /^-\d/.test(word))) return;
        if (readWords(words, specs) === null) expect(byCommander("encrypt", command, words)).toBeNull();
      }),
      { numRuns: 1000 },
    );
  });
});
