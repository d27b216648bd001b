import {
  CR,
  DASH,
  HASH,
  hexValue,
  isBlank,
  isBlankOrEnd,
  isBreak,
  isBreakOrEnd,
  isDigit,
  SPACE,
  TAB,
} from "./characters.ts";
import { COLON, LF, QUESTION } from "./characters.ts";
import type { Cursor, Mark } from "./cursor.ts";
import type { ScannedScalar } from "./token.ts";

/** Where a scalar stands: the indentation of the block around it (-1 at the top), and whether it is in a flow. */
export interface Around {
  readonly indent: number;
  readonly flow: boolean;
}

/** White space between two words of a plain or quoted scalar, folded as YAML 1.1 section 4.2.2 says. */
class Gap {
  #blanks = "";
  #first = "";
  #more = "";
  broken = false;

  addBlank(c: string): void {
    if (!this.broken) this.#blanks += c;
  }

  addBreak(text: string): void {
    if (this.broken) this.#more += text;
    else {
      this.broken = true;
      this.#blanks = "";
      this.#first = text;
    }
  }

  /** The text that the gap stands for; empties it. */
  take(): string {
    const folded =
      this.#first === "\n" || this.#first === ""
        ? this.#more === "" && this.#first !== ""
          ? " "
          : this.#more
        : this.#first + this.#more;
    const text = this.broken ? folded : this.#blanks;
    this.#blanks = this.#first = this.#more = "";
    this.broken = false;
    return text;
  }
}

function endsPlain(text: string, at: number, c: number, flow: boolean): boolean {
  if (c === COLON) return isBlankOrEnd(text.charCodeAt(at + 1));
  return flow && (c === 0x2c || c === QUESTION || c === 0x5b || c === 0x5d || c === 0x7b || c === 0x7d);
}

/** A plain scalar. `broken`: it ended after a line break, so a simple key may follow. */
export function scanPlain(cursor: Cursor, around: Around): { scalar: ScannedScalar; broken: boolean } {
  const start = cursor.mark();
  const gap = new Gap();
  let value = "";
  let end = cursor.index;
  for (;;) {
    if (cursor.atDocumentMarker() || cursor.peek() === HASH) break;
    const from = cursor.index;
    const to = skipWords(cursor, around.flow);
    if (to > from) {
      const words = cursor.text.slice(from, to);
      value = value === "" ? words : value + gap.take() + words;
      end = to;
    }
    if (!isBlank(cursor.peek()) && !isBreak(cursor.peek())) break;
    readGap(cursor, gap, start, around.indent + 1);
    if (!around.flow && cursor.column < around.indent + 1) break;
  }
  return { scalar: { style: "plain", value, end }, broken: gap.broken };
}

/** Steps over the words of a line, and the blanks between them; answers where the last word ends. */
function skipWords(cursor: Cursor, flow: boolean): number {
  const { text } = cursor;
  let end = cursor.index;
  for (let i = end; ; i++) {
    const c = text.charCodeAt(i);
    if (isBlank(c)) continue;
    if (isBreakOrEnd(c) || (c === HASH && i > end) || endsPlain(text, i, c, flow)) break;
    end = i + 1;
  }
  cursor.skipTo(end);
  return end;
}

/** `tabsFrom`: the first column where a tab may stand at the start of a continuation line; 0 for quoted scalars. */
function readGap(cursor: Cursor, gap: Gap, start: Mark, tabsFrom: number): void {
  for (let c = cursor.peek(); isBlank(c) || isBreak(c); c = cursor.peek()) {
    if (isBreak(c)) gap.addBreak(cursor.readBreak());
    else {
      if (gap.broken && c === TAB && cursor.column < tabsFrom)
        cursor.fail("a tab violates the indentation", start);
      gap.addBlank(c === TAB ? "\t" : " ");
      cursor.skip();
    }
  }
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["0", "\0"],
  ["a", "\x07"],
  ["b", "\b"],
  ["t", "\t"],
  ["\t", "\t"],
  ["n", "\n"],
  ["v", "\v"],
  ["f", "\f"],
  ["r", "\r"],
  ["e", "\x1b"],
  [" ", " "],
  ['"', '"'],
  ["'", "'"],
  ["\\", "\\"],
  ["N", "\x85"],
  ["_", "\xa0"],
  ["L", "\u2028"],
  ["P", "\u2029"],
]);
const HEX_DIGITS: ReadonlyMap<string, number> = new Map([
  ["x", 2],
  ["u", 4],
  ["U", 8],
]);

/** A single- or double-quoted scalar; the cursor stands on its left quote. */
export function scanQuoted(cursor: Cursor, single: boolean): ScannedScalar {
  const start = cursor.mark();
  const quote = cursor.peek();
  const gap = new Gap();
  let value = "";
  cursor.skip();
  for (;;) {
    if (cursor.atDocumentMarker()) cursor.fail("a document marker inside a quoted scalar", start);
    if (cursor.peek() === 0) cursor.fail("a quoted scalar has no end", start);
    value += single ? readSingle(cursor) : readDouble(cursor, gap, start);
    if (cursor.peek() === quote) break;
    readGap(cursor, gap, start, 0);
    value += gap.take();
  }
  cursor.skip();
  return { style: single ? "single" : "double", value, end: cursor.index };
}

/** Up to the closing quote or the last word of the line. */
function readSingle(cursor: Cursor): string {
  const { text } = cursor;
  let value = "";
  let from = cursor.index;
  let end = from;
  for (let i = from; ; i++) {
    const c = text.charCodeAt(i);
    if (isBlank(c)) continue;
    if (isBreakOrEnd(c)) break;
    if (c === 0x27 && text.charCodeAt(i + 1) !== 0x27) {
      end = i;
      break;
    }
    if (c === 0x27) {
      value += text.slice(from, i);
      from = ++i;
    }
    end = i + 1;
  }
  cursor.skipTo(end);
  return value + text.slice(from, end);
}

/** Up to the closing quote, the last word of the line, or an escaped line break, which opens the gap. */
function readDouble(cursor: Cursor, gap: Gap, start: Mark): string {
  let value = "";
  for (;;) {
    const from = cursor.index;
    skipUnescaped(cursor);
    value += cursor.text.slice(from, cursor.index);
    if (cursor.peek() !== 0x5c) return value;
    if (isBreak(cursor.peek(1))) {
      cursor.skip();
      cursor.readBreak();
      gap.broken = true;
      return value;
    }
    value += readEscape(cursor, start);
  }
}

/** Steps over the words of a line and the blanks between them, up to a quote or a backslash. */
function skipUnescaped(cursor: Cursor): void {
  const { text } = cursor;
  let end = cursor.index;
  for (let i = end; ; i++) {
    const c = text.charCodeAt(i);
    if (isBlank(c)) continue;
    if (isBreakOrEnd(c)) break;
    if (c === 0x22 || c === 0x5c) {
      end = i;
      break;
    }
    end = i + 1;
  }
  cursor.skipTo(end);
}

function readEscape(cursor: Cursor, start: Mark): string {
  const name = cursor.text.charAt(cursor.index + 1);
  const plain = ESCAPES.get(name);
  const digits = HEX_DIGITS.get(name);
  if (plain === undefined && digits === undefined)
    cursor.fail("an unknown escape in a double-quoted scalar", start);
  cursor.skip();
  cursor.skip();
  if (plain !== undefined) return plain;
  let code = 0;
  for (let i = 0; i < (digits ?? 0); i++) {
    const digit = hexValue(cursor.peek());
    if (digit < 0) cursor.fail("an escape without its hexadecimal digits", start);
    code = code * 16 + digit;
    cursor.skip();
  }
  if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff)
    cursor.fail("an escape that is no Unicode character", start);
  return String.fromCodePoint(code);
}

interface Header {
  readonly end: number;
  readonly chomp: "" | "-" | "+";
  readonly increment: number;
}

function readHeader(cursor: Cursor, start: Mark): Header {
  cursor.skip();
  let chomp: Header["chomp"] = "";
  let increment = 0;
  for (let i = 0; i < 2; i++) {
    const c = cursor.peek();
    if (chomp === "" && (c === DASH || c === 0x2b)) chomp = c === DASH ? "-" : "+";
    else if (increment === 0 && isDigit(c)) {
      if (c === 0x30) cursor.fail("an indentation indicator of 0", start);
      increment = c - 0x30;
    } else break;
    cursor.skip();
  }
  return { end: cursor.index, chomp, increment };
}

/**
 * A literal or folded scalar; the cursor stands on `|` or `>`. `lineComment` is called on the `#` of a comment in the
 * header line.
 */
export function scanBlock(cursor: Cursor, around: Around, lineComment: (start: Mark) => void): ScannedScalar {
  const start = cursor.mark();
  const literal = cursor.peek() === 0x7c;
  const header = readHeader(cursor, start);
  cursor.skipBlanks();
  if (cursor.peek() === HASH) {
    lineComment(start);
    cursor.skipToLineEnd();
  }
  if (!isBreakOrEnd(cursor.peek()))
    cursor.fail("neither comment nor line end after a block scalar's header", start);
  cursor.readBreak();
  const body = new BlockBody(cursor, start, around.indent, header.increment);
  const text = literal ? body.readLiteral() : body.readFolded();
  const value =
    text + (header.chomp === "-" ? "" : body.lastBreak) + (header.chomp === "+" ? body.breaks : "");
  return {
    style: literal ? "literal" : "folded",
    value,
    end: body.end,
    block: {
      header: { start: start.index, end: header.end },
      content: { start: body.contentStart, end: body.contentEnd },
      indent: body.indent,
    },
  };
}

class BlockBody {
  readonly contentStart: number;
  contentEnd: number;
  indent: number;
  end: number;
  /** Line breaks of blank lines that were read and not yet given to the text. */
  breaks = "";
  lastBreak = "";
  readonly #cursor: Cursor;
  readonly #start: Mark;
  readonly #parent: number;

  constructor(cursor: Cursor, start: Mark, parent: number, increment: number) {
    this.#cursor = cursor;
    this.#start = start;
    this.#parent = parent;
    this.indent = increment === 0 ? 0 : Math.max(parent, 0) + increment;
    this.contentStart = this.contentEnd = this.end = cursor.index;
    this.#readBlankLines();
  }

  readLiteral(): string {
    const parts: string[] = [];
    while (this.#atLine()) {
      parts.push(this.lastBreak, this.breaks, this.#readLine());
      this.#readBlankLines();
    }
    return parts.join("");
  }

  readFolded(): string {
    const parts: string[] = [];
    let blankBefore = false;
    while (this.#atLine()) {
      const blank = isBlank(this.#cursor.peek());
      if (!blankBefore && !blank && this.lastBreak === "\n")
        parts.push(this.breaks === "" ? " " : this.breaks);
      else parts.push(this.lastBreak, this.breaks);
      blankBefore = blank;
      parts.push(this.#readLine());
      this.#readBlankLines();
    }
    return parts.join("");
  }

  #atLine(): boolean {
    return this.#cursor.column === this.indent && this.#cursor.peek() !== 0;
  }

  #readLine(): string {
    const cursor = this.#cursor;
    const from = cursor.index;
    cursor.skipToLineEnd();
    this.contentEnd = cursor.index;
    this.breaks = "";
    this.lastBreak = cursor.readBreak();
    return cursor.text.slice(from, this.contentEnd);
  }

  /** Blank lines and the indentation of the next line. Finds the indentation where the header does not give it. */
  #readBlankLines(): void {
    const cursor = this.#cursor;
    let widest = 0;
    this.end = cursor.index;
    for (;;) {
      while ((this.indent === 0 || cursor.column < this.indent) && cursor.peek() === SPACE) cursor.skip();
      widest = Math.max(widest, cursor.column);
      if ((this.indent === 0 || cursor.column < this.indent) && cursor.peek() === TAB)
        cursor.fail("a tab where indentation is expected", this.#start);
      if (!isBreak(cursor.peek())) break;
      this.breaks += cursor.readBreak();
      this.end = cursor.index;
    }
    if (this.indent === 0) this.indent = Math.max(widest, this.#parent + 1, 1);
  }
}

/** Line ends as they stand in a text: the first one decides. */
export function lineEndOf(text: string): string {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === LF) return "\n";
    if (c === CR) return text.charCodeAt(i + 1) === LF ? "\r\n" : "\r";
  }
  return "\n";
}
