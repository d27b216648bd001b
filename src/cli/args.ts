import { SopsError } from "../core/base/errors.ts";
import { refuseEmptyName, refuseStdin } from "../node/empty-name.ts";
import { isFalse, isTrue } from "./normalize.ts";
import type { OptionSpec } from "./options.ts";

/** A parsed command line. Text values as given; a flag that is absent is not there. */
export class Args {
  readonly #values: ReadonlyMap<string, readonly string[]>;
  /** What stands before `--`, flags left out. */
  readonly operands: readonly string[];
  /** What stands after `--`; undefined without one. */
  readonly rest: readonly string[] | undefined;

  constructor(
    values: ReadonlyMap<string, readonly string[]>,
    operands: readonly string[],
    rest: readonly string[] | undefined,
  ) {
    this.#values = values;
    this.operands = operands;
    this.rest = rest;
  }

  has(long: string): boolean {
    return this.#values.has(long);
  }

  /** A switch that is on where it is absent. Throws USAGE for what is no truth value. */
  isOn(long: string): boolean {
    const text = this.text(long);
    if (text === undefined || isTrue(text)) return true;
    if (isFalse(text)) return false;
    throw new SopsError("USAGE", `--${long} needs true or false`, { hint: `for example --${long}=false` });
  }

  /** The last value of a flag that may be given once. */
  text(long: string): string | undefined {
    return this.#values.get(long)?.at(-1);
  }

  list(long: string): readonly string[] {
    return this.#values.get(long) ?? [];
  }

  /** Throws USAGE where it is not a whole number of at least `least`. */
  integer(long: string, least: number): number | undefined {
    const text = this.text(long);
    if (text === undefined) return undefined;
    const value = /^-?\d{1,9}$/.test(text) ? Number(text) : NaN;
    if (value >= least) return value;
    throw new SopsError("USAGE", `--${long} needs a whole number of at least ${String(least)}`, {
      hint: `for example --${long} ${String(Math.max(least, 2))}`,
    });
  }

  /** Operands on both sides of `--`. */
  get positionals(): readonly string[] {
    return [...this.operands, ...(this.rest ?? [])];
  }

  /** The one file of a command; undefined where none is named, and for `-`, which is stdin. Throws USAGE for more than one, NO_FILE for `""`. */
  file(): string | undefined {
    const [file, second] = this.positionals;
    if (file !== undefined) refuseEmptyName(file);
    if (second === undefined) return file === "-" ? undefined : file;
    throw new SopsError("USAGE", "only one file can be given", {
      hint: "run the command once for each file",
    });
  }

  /** The same where a file is needed, or `-`: stdin, undefined. Throws NO_FILE. */
  fileOrStdin(): string | undefined {
    return this.positionals[0] === "-" ? this.file() : this.requireFile();
  }

  /** The same where a file is needed. Throws NO_FILE. */
  requireFile(): string {
    const file = this.file();
    if (file !== undefined) return file;
    refuseStdin(this.positionals[0] ?? "");
    throw new SopsError("NO_FILE", "no file is named", { hint: "name the file after the command" });
  }
}

/** Values that flags take from the environment where they are absent from the command line; several are one text with commas. */
export function fromEnvironment(
  specs: readonly OptionSpec[],
  given: ReadonlyMap<string, readonly string[]>,
  env: Readonly<Record<string, string | undefined>>,
): Map<string, readonly string[]> {
  const values = new Map(given);
  for (const { long, env: name, many } of specs) {
    const text = name === undefined ? undefined : env[name];
    if (text === undefined || text === "" || values.has(long)) continue;
    values.set(long, many === true ? text.split(",").map((part) => part.trim()) : [text]);
  }
  return values;
}
