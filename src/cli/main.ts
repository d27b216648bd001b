import { SopsError } from "../core/errors.ts";
import { closest } from "../core/suggest.ts";
import { exitCodeOf } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { commandIndex, type FlagTable, flagTable } from "./normalize.ts";
import { ALL_OPTIONS, GLOBAL_OPTIONS } from "./options.ts";
import { HelpShown, parseArgs } from "./parse.ts";
import { COMMANDS, type CommandEntry } from "./registry.ts";
import { errorText } from "./ui.ts";
import { unknownFlag } from "./unknown-flag.ts";
import { VERSION } from "./version.ts";

/** One run of the command line, `argv` without the program's own name. Answers the exit code; never throws. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  try {
    return await dispatch(argv, io);
  } catch (error) {
    if (error instanceof HelpShown) return 0;
    io.writeErr(errorText(error, io.color, isVerbose(argv)));
    return error instanceof SopsError ? exitCodeOf(error.code, commandOf(argv)) : 1;
  }
}

/** Asked of the words themselves: the error may be that they cannot be parsed. */
function isVerbose(argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  return (end < 0 ? argv : argv.slice(0, end)).some((word) => /^--?verbose(?:=true)?$/.test(word));
}

/** The command word, where there is one. */
function commandOf(argv: readonly string[]): string | undefined {
  return argv[commandIndex(argv, flagTable(ALL_OPTIONS))];
}

async function dispatch(argv: readonly string[], io: Io): Promise<number> {
  const table = flagTable(ALL_OPTIONS);
  const at = commandIndex(argv, table);
  if (at < 0) return withoutCommand(argv, table, io);
  const word = argv[at] ?? "";
  if (word === "help") return help(argv[at + 1], io);
  const entry = find(word, argv, table);
  const { command } = await entry.load();
  const others = [...argv.slice(0, at), ...argv.slice(at + 1)];
  const args = parseArgs(word, entry.summary, command, others, table, io);
  return command.run(args, io);
}

/** `argv`: the whole line, for what it may say of a word that is no command. */
function find(word: string, argv: readonly string[], table: FlagTable): CommandEntry {
  const entry = COMMANDS.get(word);
  if (entry !== undefined) return entry;
  const legacy = argv.map(commandOfFlag).find((name) => name !== undefined);
  if (legacy !== undefined) throw noCommand(legacy);
  const unknown = unknownFlag(argv.slice(0, Math.max(commandIndex(argv, table), 0)), table, COMMANDS.keys());
  if (unknown !== undefined) throw unknown;
  const near = closest(word, COMMANDS.keys());
  throw new SopsError("USAGE", `unknown command ${word}`, {
    hint:
      near === undefined
        ? "to edit a file: enc edit FILE; all commands: enc --help"
        : `did you mean ${near}?`,
  });
}

function noCommand(legacy: string | undefined): SopsError {
  return new SopsError("USAGE", "no command is named", {
    hint: legacy === undefined ? "enc --help lists the commands" : `use the command: enc ${legacy}`,
  });
}

/** sops' older flags for what are commands now: `-d FILE`, `--encrypt FILE`. */
function commandOfFlag(word: string): string | undefined {
  const name = /^--?([a-z]+)$/.exec(word)?.[1] ?? "";
  return LEGACY_FLAGS.get(name) ?? (COMMANDS.has(name) ? name : undefined);
}

const LEGACY_FLAGS: ReadonlyMap<string, string> = new Map([
  ["e", "encrypt"],
  ["d", "decrypt"],
  ["r", "rotate"],
]);

function withoutCommand(argv: readonly string[], table: FlagTable, io: Io): number {
  if (argv.some((word) => /^--?v(?:ersion)?$/.test(word))) {
    io.writeOut(`enc ${VERSION}\n`);
    return 0;
  }
  if (argv.some((word) => /^--?h(?:elp)?$/.test(word))) return overview(io);
  const legacy = argv.map(commandOfFlag).find((name) => name !== undefined);
  if (legacy !== undefined) throw noCommand(legacy);
  throw unknownFlag(argv, table, COMMANDS.keys()) ?? noCommand(undefined);
}

async function help(word: string | undefined, io: Io): Promise<number> {
  if (word === undefined || word.startsWith("-")) return overview(io);
  const table = flagTable(ALL_OPTIONS);
  const entry = find(word, [], table);
  const { command } = await entry.load();
  parseArgs(word, entry.summary, command, ["--help"], table, io);
  return 0;
}

/** The help without a command. */
function overview(io: Io): number {
  const width = Math.max(...[...COMMANDS.keys()].map((name) => name.length));
  const commands = [...COMMANDS].map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  const flags = GLOBAL_OPTIONS.map(({ long, value, about }) => {
    const head = value === undefined ? `--${long}` : `--${long} <${value}>`;
    return `  ${head.padEnd(20)}  ${about}`;
  });
  io.writeOut(`usage: enc <command> [flags] [file]

Encrypts the values of YAML, JSON, .env, INI and binary files, compatible with SOPS.

commands:
${commands.join("\n")}

flags of every command:
${flags.join("\n")}

start here:
  enc keygen
  enc encrypt --age <recipient> -i secrets.yaml
  enc edit secrets.yaml

enc <command> --help shows the flags of a command and examples
`);
  return 0;
}
