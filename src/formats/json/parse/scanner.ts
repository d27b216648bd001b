import { SopsError, type Place } from "../../../core/base/errors.ts";
import { wellFormed } from "./quote.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
/** RFC 8259 section 6. Sticky: it matches at `lastIndex` or not at all. */
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const HEX4 = /^[0-9a-fA-F]{4}$/;
const SHORT_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

/** The tokens of a JSON text (RFC 8259), one at a time. Every failure is a PARSE error with line and column. */
export class Scanner {
  readonly text: string;
  /** Offset of the next character. */
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  skipSpace(): void {
    while (isSpace(this.text.charCodeAt(this.at))) this.at++;
  }

  /** The next character, or "" at the end. */
  peek(): string {
    return this.text.charAt(this.at);
  }

  /** Steps over `char` if it is next. */
  take(char: string): boolean {
    if (this.text.charCodeAt(this.at) !== char.charCodeAt(0)) return false;
    this.at++;
    return true;
  }

  /** The value of the string that starts here. A lone surrogate escape reads as U+FFFD, as in SOPS (format.md 7). */
  string(): string {
    const start = this.at + 1;
    const end = this.#plainEnd(start);
    this.at = end + 1;
    if (this.text.charCodeAt(end) === QUOTE) return this.text.slice(start, end);
    return this.#escapedString(start, end);
  }

  /** Offset of the first quote or backslash from `from` on. */
  #plainEnd(from: number): number {
    const { text } = this;
    for (let i = from; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code === QUOTE || code === BACKSLASH) return i;
      if (code < SPACE) throw this.fail("a control character stands unescaped in a string", ESCAPE_HINT, i);
    }
    throw this.fail("the text ends inside a string", CUT_OFF_HINT, text.length);
  }

  #escapedString(start: number, firstBackslash: number): string {
    const parts: string[] = [];
    let from = start;
    for (let end = firstBackslash; ; end = this.#plainEnd(from)) {
      parts.push(this.text.slice(from, end));
      this.at = end + 1;
      if (this.text.charCodeAt(end) === QUOTE) return wellFormed(parts.join(""));
      parts.push(this.#escape());
      from = this.at;
    }
  }

  /** What stands for the escape whose backslash was just read. */
  #escape(): string {
    const letter = this.peek();
    const short = SHORT_ESCAPES.get(letter);
    if (short !== undefined) {
      this.at++;
      return short;
    }
    const digits = this.text.slice(this.at + 1, this.at + 5);
    if (letter !== "u" || !HEX4.test(digits))
      throw this.fail("a string holds an unknown escape", ESCAPE_HINT, this.at - 1);
    this.at += 5;
    return String.fromCharCode(parseInt(digits, 16));
  }

  /** The text of the number that starts here, or null where there is none. */
  number(): string | null {
    NUMBER.lastIndex = this.at;
    const found = NUMBER.exec(this.text)?.[0] ?? null;
    if (found !== null) this.at += found.length;
    return found;
  }

  /** Steps over `word` if it is next. */
  word(word: string): boolean {
    if (!this.text.startsWith(word, this.at)) return false;
    this.at += word.length;
    return true;
  }

  /** A PARSE error here, or at `at`. Never shows the text: it may be part of a secret. */
  fail(message: string, hint: string, at = this.at): SopsError {
    return new SopsError("PARSE", message, { hint, place: placeOf(this.text, at) });
  }
}

export const CUT_OFF_HINT = "the file looks cut off: restore it, or write what is missing at its end";
const ESCAPE_HINT = 'JSON escapes are \\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with four hex digits';

function isSpace(code: number): boolean {
  return code === SPACE || code === 0x0a || code === 0x0d || code === 0x09;
}

/** Line and column of an offset, both from 1, columns in characters. */
export function placeOf(text: string, offset: number): Place {
  let line = 1;
  let lineStart = 0;
  for (let lf = text.indexOf("\n"); lf >= 0 && lf < offset; lf = text.indexOf("\n", lineStart)) {
    line++;
    lineStart = lf + 1;
  }
  return { line, column: Array.from(text.slice(lineStart, offset)).length + 1 };
}
