import { DASH, HASH, isBlank, isBreak, isBreakOrEnd, isDigit, SPACE, TAB } from "./characters.ts";
import type { Cursor, Mark } from "./cursor.ts";
import type { Around, ScannedScalar } from "./token.ts";

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
