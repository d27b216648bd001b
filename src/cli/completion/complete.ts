import { homedir } from "node:os";
import { join } from "node:path";
import { FORMAT_NAMES } from "../../core/model/format.ts";
import { shellWords } from "../../core/base/shell-words.ts";
import { KEY_TYPE_NAMES } from "../../key-types/index.ts";
import type { Io } from "../io.ts";
import { commandIndex, type FlagTable, flagTable, longOf, normalize } from "../normalize.ts";
import { ALL_OPTIONS, GLOBAL_OPTIONS, LEGACY_OPTIONS, type OptionSpec } from "../options.ts";
import { COMMANDS } from "../registry.ts";
import { keyPaths } from "./key-paths.ts";
import { FILES_LINE, SHELLS } from "./names.ts";

interface Candidate {
  readonly text: string;
  readonly about: string;
}

interface Completion {
  readonly candidates: readonly Candidate[];
  /** May it be a file as well? */
  readonly files: boolean;
}

const NOTHING: Completion = { candidates: [], files: false };
const FILES: Completion = { candidates: [], files: true };
const named = (names: readonly string[], about = ""): Completion => ({
  candidates: names.map((text) => ({ text, about })),
  files: false,
});

/** Our protocol: `words` are INDEX WORD... (completion/names.ts). */
export async function completeWords([index = "", ...words]: readonly string[], io: Io): Promise<number> {
  const at = /^\d{1,6}$/.test(index) ? Number(index) : words.length;
  const { candidates, files } = await complete(words, at, io);
  const lines = candidates.map(({ text, about }) => (about === "" ? text : `${text}\t${about}`));
  const told = [...lines, ...(files ? [FILES_LINE] : [])];
  io.writeOut(told.map((line) => `${line}\n`).join(""));
  return 0;
}

/** sops' protocol: the last word is completed where it is a flag, else what comes next. */
export async function completeAsSops(words: readonly string[], io: Io): Promise<number> {
  const at = words.at(-1)?.startsWith("-") === true ? words.length - 1 : words.length;
  const { candidates } = await complete(words, at, io);
  io.writeOut(candidates.map(({ text }) => `${text}\n`).join(""));
  return 0;
}

/** `words` as they were typed, with quotes and all. */
async function complete(words: readonly string[], at: number, io: Io): Promise<Completion> {
  // bash takes the `=` of a flag for a word.
  const current = plain(words[at] === "=" ? "" : (words[at] ?? ""));
  const before = words
    .slice(0, at)
    .filter((word) => word !== "=")
    .map(plain);
  const after = words.slice(at + 1).map(plain);
  const table = flagTable(ALL_OPTIONS);
  const asked = valueAsked(before, current, table);
  const all = await completionOf({ before, after, table, io }, current, asked);
  const prefix = asked?.prefix ?? "";
  const candidates = all.candidates.map(({ text, about }) => ({ text: prefix + text, about }));
  return { ...all, candidates: candidates.filter(({ text }) => text.startsWith(current)) };
}

interface Line {
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly table: FlagTable;
  readonly io: Io;
}

/** What a shell makes of a word; a quote may still be open. */
function plain(word: string): string {
  const read = ["", "'", '"'].map((end) => shellWords(word + end)).find((words) => words !== null);
  return read?.[0] ?? "";
}

interface Asked {
  readonly spec: OptionSpec;
  readonly word: string;
  /** `--input-type=`, where the value is in the same word. */
  readonly prefix: string;
}

/** The flag whose value is to be completed. */
function valueAsked(before: readonly string[], current: string, table: FlagTable): Asked | undefined {
  if (before.includes("--")) return undefined;
  const [, head = "", word = ""] = /^(--?[^=]+=)(.*)$/s.exec(current) ?? [];
  const same = specOf(head.slice(0, -1), table);
  if (same?.value !== undefined) return { spec: same, word, prefix: head };
  const { words } = normalize(before, table);
  const last = words.at(-1) ?? "";
  const open = last.includes("=") ? undefined : specOf(last, table);
  return open?.value === undefined ? undefined : { spec: open, word: current, prefix: "" };
}

function specOf(word: string, { byLong, byShort }: FlagTable): OptionSpec | undefined {
  const name = longOf(word) ?? "";
  return byLong.get(name) ?? byShort.get(name);
}

async function completionOf(line: Line, current: string, asked: Asked | undefined): Promise<Completion> {
  if (asked !== undefined) return valueOf(asked, line);
  const { before, table, io } = line;
  const at = commandIndex(before, table);
  const word = before[at] ?? "";
  const family = [...COMMANDS.keys()].filter((name) => name.startsWith(`${word} `));
  const second = at < 0 || family.length === 0 ? "" : (operandsOf(before.slice(at + 1), table)[0] ?? "");
  const name = family.length === 0 ? word : `${word} ${second}`;
  if (current.startsWith("-") && !before.includes("--"))
    return flagsOf(COMMANDS.has(name) ? name : undefined);
  if (at < 0) return isLegacy(before, table) ? FILES : commands(true);
  if (word === "help" || word === "h") return commands(false);
  if (family.length > 0 && !COMMANDS.has(name))
    return named(family.map((each) => each.slice(word.length + 1)));
  if (!COMMANDS.has(name)) return FILES;
  const operands = operandsOf(before.slice(at + 1), table).slice(second === "" ? 0 : 1);
  return operandOf(name, operands, current, before, table, io);
}

const isLegacy = (before: readonly string[], table: FlagTable): boolean =>
  normalize(before, table).words.some((word) => LEGACY_OPTIONS.some(({ long }) => long === longOf(word)));

function operandsOf(words: readonly string[], table: FlagTable): readonly string[] {
  const read = normalize(words, table);
  return [...read.words.filter((word) => longOf(word) === undefined), ...(read.rest ?? [])];
}

function commands(files: boolean): Completion {
  const candidates = [...COMMANDS].map(([name, { summary }]) => {
    const [word = "", second] = name.split(" ");
    return { text: word, about: second === undefined ? summary : `${word} ...` };
  });
  const help = { text: "help", about: "help for a command" };
  const once = [...new Map([...candidates, help].map((each) => [each.text, each])).values()];
  return { candidates: once, files };
}

/** The flags of a command; those of no command: all that sops takes without one. */
async function flagsOf(name: string | undefined): Promise<Completion> {
  const entry = name === undefined ? undefined : COMMANDS.get(name);
  const own = entry === undefined ? ALL_OPTIONS : (await entry.load()).command.options;
  const help = LEGACY_OPTIONS.filter(({ long }) => long === "help");
  const specs = new Map([...own, ...GLOBAL_OPTIONS, ...help].map((spec) => [spec.long, spec]));
  const candidates = [...specs.values()]
    .filter(({ hidden }) => hidden !== true)
    .flatMap(({ long, short, about }) =>
      [`--${long}`, ...(short === undefined ? [] : [`-${short}`])].map((text) => ({ text, about })),
    );
  return { candidates, files: false };
}

function valueOf({ spec, word }: Asked, line: Line): Promise<Completion> | Completion {
  switch (spec.long) {
    case "input-type":
    case "output-type":
      return named(FORMAT_NAMES);
    case "decryption-order":
      return listOf(KEY_TYPE_NAMES, word);
    case "network":
      return named(["tcp", "unix"]);
    case "extract":
    case "set":
      return pathsIn(fileOf(line), [...line.before, ...line.after], word, line);
    default:
      return spec.value === "file" || spec.value === "name" ? FILES : NOTHING;
  }
}

/** One more of a comma list. */
function listOf(names: readonly string[], word: string): Completion {
  const done = word.slice(0, word.lastIndexOf(",") + 1);
  const given = done.split(",");
  return named(names.filter((name) => !given.includes(name)).map((name) => done + name));
}

/** The file may stand before or behind what is being typed. */
function fileOf({ before, after, table }: Line): string | undefined {
  const at = commandIndex(before, table);
  const word = before[at] ?? "";
  const own = operandsOf(COMMANDS.has(word) ? before.slice(at + 1) : before, table);
  return [
    ...own.filter((operand) => operand !== word || !COMMANDS.has(word)),
    ...operandsOf(after, table),
  ][0];
}

function operandOf(
  name: string,
  operands: readonly string[],
  current: string,
  before: readonly string[],
  table: FlagTable,
  io: Io,
): Promise<Completion> | Completion {
  if (name === "completion") return operands.length === 0 ? named(SHELLS) : NOTHING;
  if (["keygen", "keyservice", "groups add", "groups delete"].includes(name)) return NOTHING;
  if (name !== "set" && name !== "unset") return FILES;
  if (operands.length === 1) return pathsIn(operands[0], before, current, { before, after: [], table, io });
  return operands.length === 0 ? FILES : NOTHING;
}

async function pathsIn(
  file: string | undefined,
  words: readonly string[],
  word: string,
  { table, io }: Line,
): Promise<Completion> {
  if (file === undefined) return NOTHING;
  const type = normalize(words, table).words.find((each) => longOf(each) === "input-type");
  const path = file.startsWith("~/") ? join(io.env["HOME"] ?? homedir(), file.slice(2)) : file;
  return { candidates: await keyPaths(path, type?.slice("--input-type=".length), word, io), files: false };
}
