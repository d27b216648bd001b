import { SopsError } from "../core/base/errors.ts";
import { closest } from "../core/base/suggest.ts";
import { unknownCommand } from "./bare-word.ts";
import { GENERATE_COMPLETION, WORDS_COMMAND } from "./completion/names.ts";
import { refuseFlagAsValue } from "./flag-as-value.ts";
import type { Io } from "./io.ts";
import { translate } from "./legacy.ts";
import { commandIndex, type FlagTable, longOf, normalize } from "./normalize.ts";
import { GLOBAL_OPTIONS } from "./options.ts";
import { parseArgs } from "./parse.ts";
import { COMMANDS } from "./registry.ts";
import { unknownFlag } from "./unknown-flag.ts";
import { versionLine } from "./version.ts";

/** What a command line asks for. */
export interface Call {
  /** The command, where there is one: some exit codes depend on it. */
  readonly name?: string;
  run(): Promise<number> | number;
}

/** Finds what is asked for, and runs nothing yet. Throws USAGE and NO_FILE. */
export function findCall(argv: readonly string[], table: FlagTable, io: Io): Call {
  const completion = completionCall(argv, io);
  if (completion !== undefined) return completion;
  refuseFlagAsValue(argv, table);
  const at = commandIndex(argv, table);
  const word = argv[at] ?? "";
  if (word === "help" || word === "h") return { run: () => help(argv.slice(at + 1), table, io) };
  const before = argv.slice(0, Math.max(at, 0));
  if (COMMANDS.has(word)) return callOf(word, before, argv.slice(at + 1), table, io);
  if (familyOf(word).length > 0) return familyCall(word, before, argv.slice(at + 1), table, io);
  return withoutCommand(argv, table, io);
}

/** The modules of completion are for those who press Tab. */
function completionCall(argv: readonly string[], io: Io): Call | undefined {
  const asSops = argv.at(-1) === GENERATE_COMPLETION;
  if (!asSops && argv[0] !== WORDS_COMMAND) return undefined;
  return {
    run: async () => {
      const { completeAsSops, completeWords } = await import("./completion/complete.ts");
      return asSops ? completeAsSops(argv.slice(0, -1), io) : completeWords(argv.slice(1), io);
    },
  };
}

function callOf(
  name: string,
  before: readonly string[],
  after: readonly string[],
  table: FlagTable,
  io: Io,
): Call {
  return { name, run: () => runCommand(name, normalize(before, table).words, after, table, io) };
}

/** `dropped`: flags that sops takes without effect where the command does not have them, so they are left out with a note. */
async function runCommand(
  name: string,
  dropped: readonly string[],
  others: readonly string[],
  table: FlagTable,
  io: Io,
): Promise<number> {
  const entry = COMMANDS.get(name);
  if (entry === undefined) throw new Error(`no command ${name}`);
  const { command } = await entry.load();
  const known = new Set([...command.options, ...GLOBAL_OPTIONS].map(({ long }) => long));
  const has = (word: string): boolean => {
    const long = longOf(word) ?? "";
    return known.has(long) || !table.byLong.has(long) || long === "help";
  };
  for (const word of dropped.filter((flag) => !has(flag)))
    io.note(`--${longOf(word) ?? ""} has no effect on ${name}`);
  const words = [...dropped.filter(has), ...others];
  return command.run(await parseArgs(name, entry.summary, command, words, table, io), io);
}

const familyOf = (word: string): readonly string[] =>
  [...COMMANDS.keys()].filter((name) => name.startsWith(`${word} `));

/** A command of two words: the second is the next operand, wherever it stands. */
function familyCall(
  word: string,
  before: readonly string[],
  others: readonly string[],
  table: FlagTable,
  io: Io,
): Call {
  const at = commandIndex(others, table);
  if (at < 0) return { run: () => helpOf(word, io) };
  const second = others[at] ?? "";
  const name = `${word} ${second}`;
  if (COMMANDS.has(name))
    return callOf(name, before, [...others.slice(0, at), ...others.slice(at + 1)], table, io);
  const near = closest(name, familyOf(word));
  throw new SopsError("USAGE", `unknown command ${name}`, {
    hint: near === undefined ? `enc ${word} --help lists the commands` : `did you mean ${near}?`,
  });
}

function withoutCommand(argv: readonly string[], table: FlagTable, io: Io): Call {
  const { words } = normalize(argv, table);
  if (words.includes("--version")) return { run: () => version(words, io) };
  if (words.includes("--help")) return { run: () => helpOf(undefined, io) };
  const { name, flags, operands } = translate(argv, table, COMMANDS.keys(), io);
  const dangling = flags.at(-1);
  const spec = dangling?.includes("=") === false ? table.byLong.get(longOf(dangling) ?? "") : undefined;
  // A flag whose value is missing must not take the `--` for it.
  const after = spec?.value === undefined ? ["--", ...operands] : [];
  return { name, run: () => runCommand(name, flags, after, table, io) };
}

function version(words: readonly string[], io: Io): number {
  io.writeOut(`${versionLine(words)}\n`);
  return 0;
}

async function help(words: readonly string[], table: FlagTable, io: Io): Promise<number> {
  const [first, second] = words.filter((word) => !word.startsWith("-"));
  if (first === undefined) return helpOf(undefined, io);
  const name = [`${first} ${second ?? ""}`, first].find((each) => COMMANDS.has(each));
  if (name !== undefined) return runCommand(name, [], ["--help"], table, io);
  if (familyOf(first).length > 0) return helpOf(first, io);
  throw unknownFlag(words, table, COMMANDS.keys()) ?? unknownCommand(first, COMMANDS.keys());
}

/** Of several commands that start with `family`; undefined: of all. */
async function helpOf(family: string | undefined, io: Io): Promise<number> {
  const { familyOverview, overview } = await import("./overview.ts");
  return family === undefined ? overview(io) : familyOverview(family, io);
}
