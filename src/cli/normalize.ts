import type { OptionSpec } from "./options.ts";

/** How flags are told apart from their values, over all commands: `--output x` is two words, `--in-place x` one. */
export interface FlagTable {
  readonly byLong: ReadonlyMap<string, OptionSpec>;
  readonly byShort: ReadonlyMap<string, OptionSpec>;
}

export function flagTable(specs: readonly OptionSpec[]): FlagTable {
  const short = specs.flatMap((spec) => (spec.short === undefined ? [] : [[spec.short, spec] as const]));
  const long = specs.flatMap((spec) => [
    [spec.long, spec] as const,
    ...(spec.alias === undefined ? [] : [[spec.alias, spec] as const]),
  ]);
  return { byLong: new Map(long), byShort: new Map(short) };
}

export interface Normalized {
  /** Flags in the form that commander reads, and operands, up to `--`. */
  readonly words: readonly string[];
  /** After `--`; undefined without one. */
  readonly rest: readonly string[] | undefined;
}

/**
 * Go's flag syntax, which sops users type, turned into the usual one (command-line.md 1): `-name` is `--name`, a switch
 * may be set with `=true` and taken back with `=false`. What is no flag of the table is left as it is.
 */
export function normalize(argv: readonly string[], table: FlagTable): Normalized {
  const words: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? "";
    if (word === "--") return { words, rest: argv.slice(i + 1) };
    const flag = readFlag(word, table);
    if (flag === null) {
      words.push(word);
      continue;
    }
    const { spec, value } = flag;
    if (spec.value === undefined) {
      if (spec.on === true) words.push(`--${spec.long}=${value ?? "true"}`);
      else setSwitch(spec.long, value ?? "true", words);
      continue;
    }
    const next = value ?? argv[i + 1];
    if (value === undefined) i++;
    words.push(next === undefined ? `--${spec.long}` : `--${spec.long}=${next}`);
  }
  return { words, rest: undefined };
}

/** The last one counts. What is no truth value is left for the parser to refuse. */
function setSwitch(long: string, value: string, words: string[]): void {
  if (isFalse(value)) {
    for (let at = words.indexOf(`--${long}`); at >= 0; at = words.indexOf(`--${long}`)) words.splice(at, 1);
  } else words.push(isTrue(value) ? `--${long}` : `--${long}=${value}`);
}

/** The long name of a flag that `normalize` has turned: `--age=x` is `age`. Undefined: the word is an operand. */
export function longOf(word: string): string | undefined {
  return /^--?([^-=][^=]*)/.exec(word)?.[1];
}

interface FlagWord {
  readonly spec: OptionSpec;
  /** After `=`. */
  readonly value: string | undefined;
}

function readFlag(word: string, table: FlagTable): FlagWord | null {
  if (!word.startsWith("-") || word === "-") return null;
  const equals = word.indexOf("=");
  const head = equals < 0 ? word : word.slice(0, equals);
  const name = head.replace(/^--?/, "");
  const spec = table.byLong.get(name) ?? table.byShort.get(name);
  return spec === undefined ? null : { spec, value: equals < 0 ? undefined : word.slice(equals + 1) };
}

/** Spellings of Go's strconv.ParseBool. */
export const isTrue = (text: string): boolean => ["1", "t", "T", "true", "TRUE", "True"].includes(text);
export const isFalse = (text: string): boolean => ["0", "f", "F", "false", "FALSE", "False"].includes(text);

/** Where the command word stands: the first word that is neither a flag nor the value of one. -1: there is none. */
export function commandIndex(argv: readonly string[], table: FlagTable): number {
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? "";
    if (word === "--") return -1;
    if (!word.startsWith("-") || word === "-") return i;
    const flag = readFlag(word, table);
    if (flag?.spec.value !== undefined && flag.value === undefined) i++;
  }
  return -1;
}

/** The first word before `--` that looks like a flag, is none of the table, and is not the value of one. */
export function firstUnknown(argv: readonly string[], table: FlagTable): string | undefined {
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? "";
    if (word === "--") return undefined;
    if (!word.startsWith("-") || word === "-") continue;
    const flag = readFlag(word, table);
    if (flag === null) return word;
    if (flag.spec.value !== undefined && flag.value === undefined) i++;
  }
  return undefined;
}
