import { SopsError } from "../base/errors.ts";

type Part = string | number;

/**
 * A tree path to its parts: `["a"]["b"][0]` as SOPS writes it (command-line.md 4), or `a.b[0].c` for short.
 * The empty text is the whole tree. Throws BAD_PATH.
 */
export function parseTreePath(text: string): Part[] {
  if (text === "") return [];
  return isShortPath(text) ? dotted(text) : bracketed(text);
}

/** Is it in the short form, in which a dot is never part of a key? */
export function isShortPath(text: string): boolean {
  return text !== "" && !text.startsWith("[");
}

/** One step of the short form: a key after a dot (none before the first), or brackets. */
const STEP = /(?:^|(?<=.)\.)([^.[\]]+)|\[([^[\]]*)\]/y;

function dotted(text: string): Part[] {
  const parts: Part[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < text.length) {
    const at = STEP.lastIndex;
    const [, key, inBrackets] = STEP.exec(text) ?? [];
    if (key !== undefined) parts.push(clearKey(key, text));
    else if (inBrackets !== undefined) parts.push(part(inBrackets, text));
    else throw badPath(text, `it has neither a key nor [ ] at ${text.slice(at)}`);
  }
  return parts;
}

/**
 * Can this key stand in the short form? Other characters belong to other notations (`$.a`, `/a/b`, `"a"`, `a:b`), and a
 * number or a `true` is more likely a value that took the place of the path: which key is meant would be a guess.
 */
export function isShortKey(key: string): boolean {
  return /^[\p{L}\p{M}\p{N}_](?:[\p{L}\p{M}\p{N}_ -]*[\p{L}\p{M}\p{N}_-])?$/u.test(key) && !isJson.test(key);
}

const isJson = /^(?:\d+|true|false|null)$/;

function clearKey(key: string, whole: string): string {
  if (isShortKey(key)) return key;
  throw new SopsError("BAD_PATH", `the path ${whole} is not clear: ${key} may be a key or another notation`, {
    hint: `write each key in brackets and quotes, for example '${formatTreePath(guess(whole))}'`,
  });
}

/** What the short form of another notation was probably to mean: only for the hint. */
function guess(whole: string): Part[] {
  const parts = whole
    .split(/[./[\]"'$]+/)
    .filter((key) => key !== "")
    .map((key, i) => (i > 0 && /^\d+$/.test(key) ? Number(key) : key));
  return parts.length > 0 ? parts : ["database", "password"];
}

/** SOPS cuts at each `[`, so that a key with `[` cannot be named; a quote's first and last characters are dropped. */
function bracketed(text: string): Part[] {
  return text
    .split("[")
    .slice(1)
    .map((piece) => {
      if (!piece.endsWith("]")) throw badPath(text, "a [ is not closed by ]");
      return part(piece.slice(0, -1), text);
    });
}

/**
 * What stands between brackets, of the path `whole`. SOPS takes any last character for the closing quote: a line that was
 * half typed, `["a]`, would name another key.
 */
function part(text: string, whole: string): Part {
  if (/^["']/.test(text)) {
    if (!/^.[^]*["']$/.test(text)) throw badPath(whole, "a quote is not closed");
    return text.slice(1, -1);
  }
  if (/^\d+$/.test(text)) return index(text, whole);
  throw badPath(
    whole,
    text === "" ? "[] is empty" : `${text} is neither a quoted key nor a list index from 0`,
  );
}

/** No list is that long: a larger number would be taken for another one. */
function index(text: string, whole: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  throw badPath(whole, `the index ${text} is too large`);
}

function badPath(path: string, why: string): SopsError {
  return new SopsError("BAD_PATH", `the path ${path} cannot be read: ${why}`, {
    hint: `write keys as ["key"] and list indices as [0], for example '["database"]["hosts"][0]'`,
  });
}

/** The parts as SOPS writes them: `["a"][0]`. */
export function formatTreePath(parts: readonly Part[]): string {
  return parts.map((p) => (typeof p === "number" ? `[${String(p)}]` : `["${p}"]`)).join("");
}
