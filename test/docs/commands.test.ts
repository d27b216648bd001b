import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { ALL_OPTIONS, GLOBAL_OPTIONS, type OptionSpec } from "../../src/cli/options.ts";
import { COMMANDS } from "../../src/cli/registry.ts";
import { describeWith, requirePart } from "../support/parts.ts";
import { runSops } from "../support/real-sops.ts";

const PAGE = readFileSync(new URL("../../docs/commands.md", import.meta.url), "utf8");

interface Row {
  /** Empty: sops without a command. */
  readonly command: string;
  /** `--kms, -k`; empty: the command itself. */
  readonly flag: string;
  readonly status: string;
  readonly note: string;
}

const ROWS: readonly Row[] = PAGE.split("\n")
  .filter((line) => line.startsWith("|") && !/^\| (?:command|-)/.test(line))
  .map((line) => {
    const [command = "", flag = "", status = "", note = ""] = line
      .split("|")
      .slice(1)
      .map((cell) => cell.trim().replaceAll("`", ""));
    return { command, flag, status, note };
  });

/** The word of the registry: `completion` takes the shell as an operand. */
const commandOf = ({ command }: Row): string => command.replace(/^(completion) .*/, "$1");

/** The flags of enc that the row's command takes; undefined: there is no such command. */
async function optionsOf(row: Row): Promise<readonly OptionSpec[] | undefined> {
  if (row.command === "") return ALL_OPTIONS;
  const loaded = await COMMANDS.get(commandOf(row))?.load();
  return loaded && [...loaded.command.options, ...GLOBAL_OPTIONS];
}

/** Does enc have what the row is about, with every name that sops has for it? */
async function isThere(row: Row): Promise<boolean> {
  const options = await optionsOf(row);
  if (options === undefined || row.flag === "") return options !== undefined;
  const [name = "", ...others] = row.flag.split(", ");
  const spec = options.find(({ long }) => `--${long}` === name);
  if (spec === undefined || spec.about.includes("not available")) return false;
  return others.every((other) => other === `-${spec.short ?? ""}` || other === `--${spec.alias ?? ""}`);
}

describe("docs/commands.md", () => {
  it("has rows, each with a known status, and a link where something is better", () => {
    expect(ROWS.length).toBeGreaterThan(200);
    expect(ROWS.filter(({ status }) => !["same", "better", "missing"].includes(status))).toEqual([]);
    expect(ROWS.filter(({ status, note }) => status === "better" && !note.includes("(compat.md)"))).toEqual(
      [],
    );
  });

  it("calls nothing the same or better that enc does not have, and nothing missing that it has", async () => {
    const wrong: string[] = [];
    for (const row of ROWS)
      if ((await isThere(row)) === (row.status === "missing"))
        wrong.push(`${row.command} ${row.flag} ${row.status}`);
    expect(wrong).toEqual([]);
  });
});

interface SopsFlag {
  readonly flag: string;
  readonly env: string | undefined;
}

/** What sops lists under OPTIONS or GLOBAL OPTIONS, with the variable that it names. */
function flagsOf(help: string): readonly SopsFlag[] {
  const [, listed = ""] = /^(?:GLOBAL )?OPTIONS:\n([^]*)$/m.exec(help) ?? [];
  return listed.split("\n").flatMap((line) => {
    const [head = ""] = line.trim().split(/\s{2,}/);
    if (!head.startsWith("-")) return [];
    return [{ flag: head.replaceAll(" value", ""), env: /\[\$(\w+)\]/.exec(line)?.[1] }];
  });
}

describeWith(["sops"], "docs/commands.md and a real sops", () => {
  const program = requirePart.bind(undefined, "sops");
  const help = async (words: readonly string[]): Promise<string> => {
    const { stdout } = await runSops([...words, "--help"], { cwd: tmpdir(), program: program() });
    return new TextDecoder().decode(stdout);
  };

  /** The words under COMMANDS; a command that has some itself is given with each of them. */
  async function commandsOf(words: readonly string[]): Promise<readonly string[]> {
    const text = await help(words);
    const [, listed = ""] = /^COMMANDS:\n([^]*?)\n\n/m.exec(text) ?? [];
    const names = listed.split("\n").map((line) => /^ {3}(\w[\w-]*)/.exec(line)?.[1] ?? "");
    const below = names.filter((name) => name !== "" && name !== "help");
    if (below.length === 0) return [words.join(" ")];
    return (await Promise.all(below.map((name) => commandsOf([...words, name])))).flat();
  }

  it("have the same commands and flags, each once", async () => {
    const commands = ["", ...(await commandsOf([]))];
    expect(commands.length).toBeGreaterThan(15);
    const told = await Promise.all(
      commands.map(async (command) => {
        const flags = flagsOf(await help(command === "" ? [] : command.split(" ")));
        return ["", ...flags.map(({ flag }) => flag)].map((flag) => `${command} ${flag}`);
      }),
    );
    expect(ROWS.map(({ command, flag }) => `${command} ${flag}`).sort()).toEqual(told.flat().sort());
  });

  it("name the same variables", async () => {
    const wrong: string[] = [];
    for (const command of ["", ...COMMANDS.keys()]) {
      const entry = COMMANDS.get(command);
      const own = entry === undefined ? ALL_OPTIONS : (await entry.load()).command.options;
      for (const { flag, env } of flagsOf(await help(command === "" ? [] : command.split(" ")))) {
        const [name = ""] = flag.split(", ");
        const spec = [...own, ...GLOBAL_OPTIONS].find(({ long }) => `--${long}` === name);
        if (spec !== undefined && spec.env !== env) wrong.push(`${command} ${flag}: ${env ?? "none"}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});
