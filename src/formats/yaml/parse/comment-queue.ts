import { HASH, isBlank, isBreak, isBreakOrEnd } from "./characters.ts";
import type { Cursor, Mark } from "./cursor.ts";
import type { Span } from "../../../core/model/tree.ts";
import type { CommentLine, CommentRun, Token } from "./token.ts";

/** go-yaml looks at most this far ahead for the next comment. */
const LOOK_AHEAD = 512;
const NO_MARK: Mark = { index: 0, line: 0, column: 0 };

/** What the scanner knows at the `#`. */
export interface Surroundings {
  readonly indent: number;
  readonly flowLevel: number;
  /** The token before the comment, a comma in a flow left out. */
  readonly previous: Token;
}

/**
 * Comments as go-yaml attaches them (format.md 6.2): each run of comment lines is the head of a later token or the
 * foot of an earlier one, told apart by blank lines and columns. The rules are go-yaml's to the letter, CR LF counting
 * as a blank line included, because a comment's place in the tree is part of its ciphertext.
 */
export class CommentQueue {
  readonly #runs: CommentRun[] = [];
  #taken = 0;
  /** Every comment of the text, also those that no rule keeps. */
  readonly all: Span[] = [];

  /** Runs that wait, newest last. */
  get length(): number {
    return this.#runs.length - this.#taken;
  }

  /** The run that waits `back` places before the newest; undefined: none. */
  fromEnd(back: number): CommentRun | undefined {
    return back < this.length ? this.#runs[this.#runs.length - 1 - back] : undefined;
  }

  /** The oldest run that waits. */
  get oldest(): CommentRun | undefined {
    return this.#runs[this.#taken];
  }

  dropOldest(): void {
    this.#taken++;
    if (this.#taken > 1024) {
      this.#runs.splice(0, this.#taken);
      this.#taken = 0;
    }
  }

  replaceNewest(run: CommentRun): void {
    if (this.length > 0) this.#runs[this.#runs.length - 1] = run;
  }

  /** The comment on the rest of this line, if there is one, for the token at `tokenIndex`. */
  scanLine(cursor: Cursor, tokenIndex: number): void {
    if (cursor.newlines > 0) return;
    let ahead = 0;
    while (ahead < LOOK_AHEAD && isBlank(cursor.peek(ahead))) ahead++;
    if (ahead === LOOK_AHEAD || cursor.peek(ahead) !== HASH) return;
    while (ahead-- > 0) cursor.skip();
    const start = cursor.mark();
    const line = this.#readLine(cursor);
    this.#runs.push({ role: "line", lines: [line], token: tokenIndex, start, scan: 0, end: 0 });
  }

  #readLine(cursor: Cursor): Span {
    const start = cursor.index + 1;
    cursor.skipToLineEnd();
    const span = { start, end: cursor.index };
    this.all.push(span);
    return span;
  }

  /** The comment lines from here to the next content; the cursor stands on a `#`. `scanStart`: where white space began. */
  scanRuns(cursor: Cursor, scanStart: Mark, around: Surroundings): void {
    new RunScan(
      cursor,
      scanStart,
      around,
      (run) => this.#runs.push(run),
      (c) => this.#readLine(c),
    ).run();
  }
}

class RunScan {
  readonly #cursor: Cursor;
  readonly #around: Surroundings;
  readonly #emit: (run: CommentRun) => void;
  readonly #readLine: (cursor: Cursor) => Span;
  readonly #indent: number;
  readonly #footLine: number;
  #firstEmpty: boolean;
  #recentEmpty = false;
  #scan: number;
  #token: number;
  #start: Mark = NO_MARK;
  #lines: CommentLine[] = [];
  #line: number;
  #column: number;

  constructor(
    cursor: Cursor,
    scanStart: Mark,
    around: Surroundings,
    emit: (run: CommentRun) => void,
    readLine: (cursor: Cursor) => Span,
  ) {
    this.#cursor = cursor;
    this.#around = around;
    this.#emit = emit;
    this.#readLine = readLine;
    this.#indent = Math.max(around.indent, 0);
    this.#firstEmpty = cursor.newlines <= 1;
    this.#scan = scanStart.index;
    this.#token = around.previous.start.index;
    this.#line = cursor.line;
    this.#column = cursor.column;
    this.#footLine = footLineOf(cursor, scanStart);
  }

  run(): void {
    const cursor = this.#cursor;
    let ahead = 0;
    for (; ahead < LOOK_AHEAD; ahead++) {
      this.#column++;
      const c = cursor.peek(ahead);
      if (isBlank(c)) continue;
      const closing = this.#around.flowLevel > 0 && (c === 0x5d || c === 0x7d);
      if (closing || isBreakOrEnd(c)) {
        this.#blankLine(c, ahead, closing);
        if (!isBreak(c)) break;
        continue;
      }
      // At another column it is a foot of what came before, not a head of what comes.
      if (this.#lines.length > 0 && this.#column - 1 < this.#indent && this.#column !== this.#start.column)
        this.#foot(this.#token, ahead);
      if (c !== HASH) break;
      this.#comment(ahead);
      ahead = 0;
    }
    if (this.#lines.length === 0) return;
    const end = cursor.index + ahead - 1;
    this.#push("head", this.#start.index, end);
  }

  #comment(ahead: number): void {
    const cursor = this.#cursor;
    if (this.#lines.length === 0)
      this.#start = { index: cursor.index + ahead, line: this.#line, column: this.#column };
    this.#recentEmpty = false;
    const target = cursor.index + ahead;
    while (cursor.index < target) if (cursor.readBreak() === "") cursor.skip();
    this.#lines.push(this.#readLine(cursor));
    this.#column = 0;
    this.#line = cursor.line;
  }

  /** A line without a comment, or the end of a flow collection: does the run end as a foot? */
  #blankLine(c: number, ahead: number, closing: boolean): void {
    if (closing || !this.#recentEmpty) {
      const dedented = this.#start.column - 1 < this.#indent;
      const adjacent = this.#start.line === this.#footLine && this.#around.previous.type !== "value";
      if (closing || (this.#firstEmpty && (adjacent || dedented))) {
        if (this.#lines.length > 0) this.#foot(dedented ? this.#start.index : this.#token, ahead);
      } else if (this.#lines.length > 0 && c !== 0) this.#lines.push(null);
    }
    if (!isBreak(c)) return;
    this.#firstEmpty = false;
    this.#recentEmpty = true;
    this.#column = 0;
    this.#line++;
  }

  #foot(token: number, ahead: number): void {
    const end = this.#cursor.index + ahead;
    this.#push("foot", token, end);
    this.#scan = this.#token = end;
    this.#lines = [];
  }

  #push(role: "head" | "foot", token: number, end: number): void {
    this.#emit({ role, lines: this.#lines, token, start: this.#start, scan: this.#scan, end });
  }
}

/** The line where a comment must start to be a foot of the content above; -1 on the first line. */
function footLineOf(cursor: Cursor, scanStart: Mark): number {
  if (scanStart.line === 0) return -1;
  const below = cursor.line - cursor.newlines + 1;
  return cursor.newlines === 0 && cursor.column > 1 ? below + 1 : below;
}
