/**
 * sops without a command word (command-line.md 5.14): `-d FILE`, `--set '["a"] 1' FILE`, a bare FILE to edit. Each is
 * the command line of a command, which then does the work; the flags may stand after the file too.
 */
import { lstatSync } from "node:fs";
import { resolve } from "node:path";
import { SopsError } from "../core/base/errors.ts";
import { closest } from "../core/base/suggest.ts";
import { looksLikeFile, unknownCommand } from "./bare-word.ts";
import { PhasedError } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { type FlagTable, longOf, normalize } from "./normalize.ts";
import { unknownFlag } from "./unknown-flag.ts";

/** A command and what follows its name; flags that it lacks are still among them. */
export interface Translated {
  readonly name: string;
  readonly flags: readonly string[];
  readonly operands: readonly string[];
}

/** The flags that choose a command. Where there are several, sops runs all and the last of this list stands. */
const MODES = ["encrypt", "decrypt", "rotate", "set"] as const;

/** Throws NO_FILE, and USAGE for what cannot be meant: a command that is misspelt, a flag that no command knows. */
export function translate(
  argv: readonly string[],
  table: FlagTable,
  commands: Iterable<string>,
  io: Io,
): Translated {
  const { words, rest } = normalize(argv, table);
  const modes = MODES.filter((mode) => words.some((word) => longOf(word) === mode));
  const mode = modes.at(-1);
  const flags = words.filter((word) => longOf(word) !== undefined && !isMode(word));
  const operands = [...words.filter((word) => longOf(word) === undefined), ...(rest ?? [])];
  const unknown = unknownFlag(argv, table, commands);
  if (unknown !== undefined) throw unknown;
  if (operands.length === 0) throw noFile(mode);
  if (mode === undefined) refuseNoFile(operands, flags, [...commands], io);
  if (modes.length > 1) io.note(`only the last of --${modes.join(", --")} is done`);
  refuseMissing(mode, flags, operands, io);
  if (mode !== "set") return { name: mode ?? "edit", flags: withoutInPlace(mode, flags), operands };
  const value = words.findLast((word) => longOf(word) === "set") ?? "";
  return {
    name: "set",
    flags: withoutInPlace(mode, flags),
    operands: [...operands, ...pathAndValue(value.slice("--set=".length))],
  };
}

const isMode = (word: string): boolean => MODES.some((mode) => longOf(word) === mode);

/** `set` and `edit` always write in place; sops takes the flag there and so do scripts. */
function withoutInPlace(mode: string | undefined, flags: readonly string[]): readonly string[] {
  return mode === undefined || mode === "set" ? flags.filter((word) => longOf(word) !== "in-place") : flags;
}

/** What follows the first `] ` is the value. Throws BAD_SET_VALUE. */
function pathAndValue(text: string): readonly [string, string] {
  const at = text.indexOf("] ");
  if (at >= 0) return [text.slice(0, at + 1), text.slice(at + 2)];
  throw new SopsError("BAD_SET_VALUE", "--set needs a path, a space and a JSON value", {
    hint: `for example: enc --set '["name"] "value"' secrets.yaml`,
  });
}

function noFile(mode: string | undefined): SopsError {
  const message = mode === undefined ? "no command and no file is named" : "no file is named";
  return new SopsError("NO_FILE", message, {
    hint: mode === undefined ? "enc --help lists the commands" : `name the file: enc ${mode} FILE`,
  });
}

/**
 * A bare word is a file to edit where there is one, or where its name can only be that of a file: nobody wants to make a
 * secret file `init`. By the name of sops, every word is a file.
 */
function refuseNoFile(
  [word = "", second]: readonly string[],
  flags: readonly string[],
  commands: readonly string[],
  io: Io,
): void {
  if (isThere(word, io) || (io.asSops && second === undefined)) return;
  if (second === undefined && isNewFile(word, flags, [...commands, "help"])) return;
  throw unknownCommand(word, commands, `a new file of this name: enc edit ${word}`);
}

function isNewFile(word: string, flags: readonly string[], commands: readonly string[]): boolean {
  const hasType = flags.some((flag) => ["filename-override", "input-type"].includes(longOf(flag) ?? ""));
  return hasType || (looksLikeFile(word) && closest(word, commands) === undefined);
}

/** sops looks before it does anything: 49 where keys are to change, else 100 (command-line.md 2). */
function refuseMissing(
  mode: string | undefined,
  flags: readonly string[],
  [file = ""]: readonly string[],
  io: Io,
): void {
  const changesKeys = flags.some((word) => /^(?:add|rm)-/.test(longOf(word) ?? ""));
  if ((!changesKeys && mode !== "rotate") || isThere(file, io)) return;
  const hint = changesKeys ? "encrypt the file first, with enc encrypt" : "check the name and the folder";
  const missing = new SopsError("FILE_NOT_FOUND", "there is no such file", { hint, place: { file } });
  if (changesKeys) throw new PhasedError(missing, "adding or removing keys");
  throw missing;
}

/** A link that leads nowhere is there too: what is wrong with it is told by who reads it. */
function isThere(file: string, io: Io): boolean {
  try {
    return lstatSync(resolve(io.cwd, file), { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}
