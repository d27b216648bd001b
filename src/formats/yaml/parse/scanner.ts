import { COLON, DASH, HASH, isBlank, isBlankOrEnd, isBreak, QUESTION, SPACE } from "./characters.ts";
import { CommentQueue } from "./comment-queue.ts";
import { Cursor, type Mark } from "./cursor.ts";
import { MAX_DEPTH, tooDeep } from "./depth.ts";
import { scanBlock } from "./scan-block.ts";
import { scanPlain } from "./scan-plain.ts";
import { scanQuoted } from "./scan-quoted.ts";
import { scanAnchor, scanDirective, scanTag } from "./scan-property.ts";
import { token, type Around, type ScannedScalar, type Token, type TokenType } from "./token.ts";

/** A place where a key without `?` may have begun; its `:` decides. */
interface SimpleKey {
  possible: boolean;
  required: boolean;
  /** The number of its first token, from the start of the stream. */
  number: number;
  mark: Mark;
}

/** Characters that a key without `?` may span (YAML 1.2 section 7.4.2). */
const LONGEST_SIMPLE_KEY = 1024;
const CANNOT_START_PLAIN = new Set(Array.from("-?:,[]{}#&*!|>'\"%@`", (c) => c.charCodeAt(0)));
const NO_KEY: SimpleKey = {
  possible: false,
  required: false,
  number: 0,
  mark: { index: 0, line: 0, column: 0 },
};

/**
 * Text to tokens, accepting exactly what go-yaml v3 accepts: YAML 1.1 with implicit keys and block ends as tokens of
 * their own. Two tokens are always read ahead, so that a comment is known before the token that it follows is used.
 */
export class Scanner {
  readonly cursor: Cursor;
  readonly comments = new CommentQueue();
  readonly #tokens: Token[] = [];
  #head = 0;
  #taken = 0;
  #ended = false;
  /** The next token is there, and no key before it can still come to be. */
  #ready = false;
  #indent: number;
  readonly #indents: number[] = [];
  #flowLevel: number;
  #simpleKeyAllowed = true;
  readonly #simpleKeys: SimpleKey[] = [NO_KEY];
  readonly #keyLevels = new Map<number, number>();

  /** `around`: where the text stands, for one that is part of a greater one. */
  constructor(text: string, start = 0, around: Around = { indent: -1, flow: false }) {
    this.cursor = new Cursor(text, start);
    this.#indent = around.indent;
    this.cursor.column = around.indent + 1;
    this.#flowLevel = around.flow ? 1 : 0;
    this.#push("stream-start", this.cursor.mark());
  }

  /** The next token, not taken. At the end it stays `stream-end`. */
  peek(): Token {
    if (!this.#ready) while (this.#needsMore()) this.#fetch();
    this.#ready = true;
    return this.#tokens[this.#head] ?? token("stream-end", this.cursor.mark(), this.cursor.index);
  }

  take(): void {
    this.peek();
    this.#ready = false;
    this.#head++;
    this.#taken++;
    if (this.#head > 1024) {
      this.#tokens.splice(0, this.#head);
      this.#head = 0;
    }
  }

  #needsMore(): boolean {
    if (this.#ended) return false;
    if (this.#head >= this.#tokens.length - 2) return true;
    const level = this.#keyLevels.get(this.#taken);
    const key = level === undefined ? undefined : this.#simpleKeys[level];
    return key !== undefined && this.#isValid(key);
  }

  #push(type: TokenType, start: Mark, end = start.index, value = "", scalar?: ScannedScalar): void {
    this.#tokens.push(token(type, start, end, value, "", scalar));
  }

  #insert(number: number, made: Token): void {
    const tokens = this.#tokens;
    const at = this.#head + number - this.#taken;
    for (let i = tokens.push(made) - 1; i > at; i--) tokens[i] = tokens[i - 1] ?? made;
    tokens[at] = made;
  }

  #last(back = 1): Token | undefined {
    return this.#tokens[this.#tokens.length - back];
  }

  #fetch(): void {
    const cursor = this.cursor;
    const scanStart = cursor.index;
    this.#toNextToken();
    this.#unrollIndent(cursor.column, scanStart);
    const c = cursor.peek();
    if (c === 0) this.#fetchEnd();
    else if (cursor.column === 0 && c === 0x25) this.#fetchDirective();
    else if (cursor.atDocumentMarker()) this.#fetchMarker(c === DASH ? "document-start" : "document-end");
    else this.#fetchContent(c);
  }

  #fetchContent(c: number): void {
    const separator = this.#flowLevel === 0 ? c === COLON : c === 0x2c;
    const commentFor = (separator ? this.#last()?.start.index : undefined) ?? this.cursor.index;
    this.#dispatch(c);
    // A `-` alone has no line comment: it is the head of what follows.
    if (this.#last()?.type !== "block-entry") this.comments.scanLine(this.cursor, commentFor);
  }

  #dispatch(c: number): void {
    const flow = this.#flowLevel > 0;
    const blankAfter = isBlankOrEnd(this.cursor.peek(1));
    if (c === 0x5b) this.#fetchFlowStart("flow-sequence-start");
    else if (c === 0x7b) this.#fetchFlowStart("flow-mapping-start");
    else if (c === 0x5d) this.#fetchFlowEnd("flow-sequence-end");
    else if (c === 0x7d) this.#fetchFlowEnd("flow-mapping-end");
    else if (c === 0x2c) this.#fetchComma();
    else if (c === DASH && blankAfter) this.#fetchBlockEntry();
    else if (c === QUESTION && (flow || blankAfter)) this.#fetchKey();
    else if (c === COLON && (flow || blankAfter)) this.#fetchValue();
    else if (c === 0x2a || c === 0x26 || c === 0x21) this.#fetchProperty(c);
    else if ((c === 0x7c || c === 0x3e) && !flow) this.#fetchBlockScalar();
    else if (c === 0x27 || c === 0x22) this.#fetchQuoted(c === 0x27);
    else if (this.#startsPlain(c)) this.#fetchPlain();
    else this.cursor.fail("a character that cannot start any token");
  }

  #startsPlain(c: number): boolean {
    if (!isBlankOrEnd(c) && !CANNOT_START_PLAIN.has(c)) return true;
    const after = this.cursor.peek(1);
    if (c === DASH) return !isBlank(after);
    return this.#flowLevel === 0 && (c === QUESTION || c === COLON) && !isBlankOrEnd(after);
  }

  // --- white space and comments between tokens

  #toNextToken(): void {
    const cursor = this.cursor;
    const { index, line, column } = cursor;
    for (;;) {
      this.#skipWhite();
      this.#liftEntryComment();
      if (cursor.peek() === HASH) this.#scanComments({ index, line, column });
      if (cursor.readBreak() === "") return;
      if (this.#flowLevel === 0) this.#simpleKeyAllowed = true;
    }
  }

  /** Tabs count as white space only where no indentation is expected. */
  #skipWhite(): void {
    const tabs = this.#flowLevel > 0 || !this.#simpleKeyAllowed;
    if (tabs) this.cursor.skipBlanks();
    else while (this.cursor.peek() === SPACE) this.cursor.skip();
  }

  /** The comment of `- # x` above an indented node heads that node. */
  #liftEntryComment(): void {
    const comment = this.comments.fromEnd(0);
    if (comment?.role !== "line" || isBreak(this.cursor.peek())) return;
    if (this.#last()?.type !== "block-entry" || this.#last(2)?.type !== "block-sequence-start") return;
    const above = comment.start.line === this.cursor.line - 1;
    this.comments.replaceNewest({
      ...comment,
      role: "head",
      token: above ? this.cursor.index : comment.token,
    });
  }

  #scanComments(scanStart: Mark): void {
    const last = this.#last();
    const previous = last?.type === "flow-entry" ? (this.#last(2) ?? last) : last;
    if (previous === undefined) return;
    this.comments.scanRuns(this.cursor, scanStart, {
      indent: this.#indent,
      flowLevel: this.#flowLevel,
      previous,
    });
  }

  // --- indentation

  #rollIndent(column: number, type: TokenType, mark: Mark, number?: number): void {
    if (this.#flowLevel > 0 || this.#indent >= column) return;
    this.#indents.push(this.#indent);
    this.#indent = column;
    this.#checkDepth();
    const made = token(type, mark, mark.index);
    if (number === undefined) this.#tokens.push(made);
    else this.#insert(number, made);
  }

  #checkDepth(): void {
    if (this.#indents.length + this.#flowLevel > MAX_DEPTH)
      throw tooDeep({ line: this.cursor.line + 1, column: this.cursor.column + 1 });
  }

  /**
   * Ends the blocks that are indented deeper than `column`. An end goes before the comments that stand at the parent's
   * column, so that those are feet of the parent.
   */
  #unrollIndent(column: number, scanIndex: number): void {
    if (this.#flowLevel > 0 || this.#indent <= column) return;
    let mark: Mark = { ...this.cursor.mark(), index: scanIndex - 1 };
    while (this.#indent > column) {
      let stop = mark.index;
      for (let back = 0; ; back++) {
        const run = this.comments.fromEnd(back);
        if (run === undefined || run.end < stop) break;
        if (run.start.column === this.#indent + 1) mark = run.start;
        stop = run.scan;
      }
      this.#push("block-end", mark);
      this.#indent = this.#indents.pop() ?? -1;
    }
  }

  // --- simple keys

  #isValid(key: SimpleKey): boolean {
    if (!key.possible) return false;
    const { line, index } = this.cursor;
    if (key.mark.line >= line && key.mark.index + LONGEST_SIMPLE_KEY >= index) return true;
    this.#refuseRequired(key);
    key.possible = false;
    return false;
  }

  #refuseRequired(key: SimpleKey): void {
    if (key.required) this.cursor.fail("a key without its colon", key.mark);
  }

  #saveSimpleKey(): void {
    if (!this.#simpleKeyAllowed) return;
    const required = this.#flowLevel === 0 && this.#indent === this.cursor.column;
    this.#removeSimpleKey();
    const number = this.#taken + this.#tokens.length - this.#head;
    const level = this.#simpleKeys.length - 1;
    this.#simpleKeys[level] = { possible: true, required, number, mark: this.cursor.mark() };
    this.#keyLevels.set(number, level);
  }

  #removeSimpleKey(): void {
    const key = this.#simpleKeys.at(-1);
    if (key?.possible !== true) return;
    this.#refuseRequired(key);
    key.possible = false;
    this.#keyLevels.delete(key.number);
  }

  // --- one method for each kind of token

  #fetchEnd(): void {
    const cursor = this.cursor;
    if (cursor.column !== 0) {
      cursor.column = 0;
      cursor.line++;
    }
    this.#unrollIndent(-1, cursor.index);
    this.#removeSimpleKey();
    this.#push("stream-end", cursor.mark());
    this.#ended = true;
  }

  #fetchDirective(): void {
    this.#unrollIndent(-1, this.cursor.index);
    this.#removeSimpleKey();
    this.#simpleKeyAllowed = false;
    this.#tokens.push(scanDirective(this.cursor));
  }

  #fetchMarker(type: "document-start" | "document-end"): void {
    this.#unrollIndent(-1, this.cursor.index);
    this.#removeSimpleKey();
    this.#simpleKeyAllowed = false;
    const start = this.cursor.mark();
    for (let i = 0; i < 3; i++) this.cursor.skip();
    this.#push(type, start, this.cursor.index);
  }

  #fetchMark(type: TokenType): void {
    const start = this.cursor.mark();
    this.cursor.skip();
    this.#push(type, start, this.cursor.index);
  }

  #fetchFlowStart(type: TokenType): void {
    this.#saveSimpleKey();
    this.#simpleKeys.push({ ...NO_KEY });
    this.#flowLevel++;
    this.#checkDepth();
    this.#simpleKeyAllowed = true;
    this.#fetchMark(type);
  }

  #fetchFlowEnd(type: TokenType): void {
    this.#removeSimpleKey();
    if (this.#flowLevel > 0) {
      this.#flowLevel--;
      const key = this.#simpleKeys.pop();
      if (key !== undefined) this.#keyLevels.delete(key.number);
    }
    this.#simpleKeyAllowed = false;
    this.#fetchMark(type);
  }

  #fetchComma(): void {
    this.#removeSimpleKey();
    this.#simpleKeyAllowed = true;
    this.#fetchMark("flow-entry");
  }

  #fetchBlockEntry(): void {
    if (this.#flowLevel === 0) {
      if (!this.#simpleKeyAllowed) this.cursor.fail("a list item is not allowed here");
      this.#rollIndent(this.cursor.column, "block-sequence-start", this.cursor.mark());
    }
    this.#removeSimpleKey();
    this.#simpleKeyAllowed = true;
    this.#fetchMark("block-entry");
  }

  #fetchKey(): void {
    if (this.#flowLevel === 0) {
      if (!this.#simpleKeyAllowed) this.cursor.fail("a key is not allowed here");
      this.#rollIndent(this.cursor.column, "block-mapping-start", this.cursor.mark());
    }
    this.#removeSimpleKey();
    this.#simpleKeyAllowed = this.#flowLevel === 0;
    this.#fetchMark("key");
  }

  #fetchValue(): void {
    const key = this.#simpleKeys.at(-1);
    if (key !== undefined && this.#isValid(key)) {
      this.#insert(key.number, token("key", key.mark, key.mark.index));
      this.#rollIndent(key.mark.column, "block-mapping-start", key.mark, key.number);
      key.possible = false;
      this.#keyLevels.delete(key.number);
      this.#simpleKeyAllowed = false;
    } else {
      if (this.#flowLevel === 0) {
        if (!this.#simpleKeyAllowed)
          this.cursor.fail("a value is not allowed here; is a line not indented as it should be?");
        this.#rollIndent(this.cursor.column, "block-mapping-start", this.cursor.mark());
      }
      this.#simpleKeyAllowed = this.#flowLevel === 0;
    }
    this.#fetchMark("value");
  }

  #fetchProperty(c: number): void {
    this.#saveSimpleKey();
    this.#simpleKeyAllowed = false;
    this.#tokens.push(c === 0x21 ? scanTag(this.cursor) : scanAnchor(this.cursor));
  }

  #around(): Around {
    return { indent: this.#indent, flow: this.#flowLevel > 0 };
  }

  #pushScalar(start: Mark, scalar: ScannedScalar): void {
    this.#push("scalar", start, scalar.end, scalar.value, scalar);
  }

  #fetchBlockScalar(): void {
    this.#removeSimpleKey();
    this.#simpleKeyAllowed = true;
    const start = this.cursor.mark();
    this.#pushScalar(
      start,
      scanBlock(this.cursor, this.#around(), (at) => {
        this.comments.scanLine(this.cursor, at.index);
      }),
    );
  }

  #fetchQuoted(single: boolean): void {
    this.#saveSimpleKey();
    this.#simpleKeyAllowed = false;
    const start = this.cursor.mark();
    this.#pushScalar(start, scanQuoted(this.cursor, single));
  }

  #fetchPlain(): void {
    this.#saveSimpleKey();
    this.#simpleKeyAllowed = false;
    const start = this.cursor.mark();
    const { scalar, broken } = scanPlain(this.cursor, this.#around());
    if (broken) this.#simpleKeyAllowed = true;
    this.#pushScalar(start, scalar);
  }
}
