import { readFileSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { SopsError } from "../core/base/errors.ts";
import { looseText } from "../core/base/loose-text.ts";

/*
 * On Unix names are bytes, and the runtime reads each byte that is not UTF-8 as U+FFFD. Such a name leads nowhere, or to
 * another file, and as an argument the command that we start would get it changed: so it is refused. U+FFFD may also be
 * what was written; then the bytes say so.
 */
const LOST = "\ufffd";

const isLost = (bytes: Buffer): boolean => !Buffer.from(bytes.toString()).equals(bytes);

/** Throws USAGE where a word of the command line, or the name of the working directory, is not what was written. */
export function refuseLostBytes(words: readonly string[], cwd: string): void {
  const number = words.findIndex((word, i) => word.includes(LOST) && isLostWord(words, i));
  if (number >= 0)
    throw new SopsError("USAGE", `word ${String(number + 1)} of the command line is not UTF-8`, {
      hint: "rename the file, or give it to enc on stdin with --input-type; a command can make such bytes itself, by printf",
    });
  if (cwd.includes(LOST) && !isSameFolder(cwd, "."))
    throw new SopsError("USAGE", "the name of the working directory is not UTF-8", {
      hint: "rename the folder, or run enc in another one and name the files by links",
    });
}

/** Where the system does not tell our own command line, a word with U+FFFD counts as lost. */
function isLostWord(words: readonly string[], number: number): boolean {
  try {
    const all = splitAtNul(readFileSync("/proc/self/cmdline"));
    const word = all[all.length - words.length + number];
    return word === undefined || isLost(word) || word.toString() !== words[number];
  } catch {
    return process.platform !== "win32";
  }
}

function splitAtNul(bytes: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(0, at);
    parts.push(bytes.subarray(at, end < 0 ? bytes.length : end));
    at = end < 0 ? bytes.length : end + 1;
  }
  return parts;
}

function isSameFolder(a: string, b: string): boolean {
  try {
    const [x, y] = [statSync(a, { bigint: true }), statSync(b, { bigint: true })];
    return x.dev === y.dev && x.ino === y.ino;
  } catch {
    return false;
  }
}

/** `names`: what stands in the folder, as text. Throws CANNOT_READ where one of them is not its name. */
export async function refuseLostNames(folder: string, names: readonly string[]): Promise<void> {
  if (!names.some((name) => name.includes(LOST))) return;
  const lost = (await readdir(folder, { encoding: "buffer" })).find(isLost);
  if (lost === undefined) return;
  throw new SopsError("CANNOT_READ", `the name of a file in the folder is not UTF-8: ${looseText(lost)}`, {
    hint: "rename it, or name the other files in place of the folder",
    place: { file: folder },
  });
}
