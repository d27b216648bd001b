import { SopsError } from "../../../core/base/errors.ts";
import { CR, isBlank, isBreak, isBreakOrEnd, LF } from "./characters.ts";

/** A position in the text; lines and columns count from 0. */
export interface Mark {
  readonly index: number;
  readonly line: number;
  readonly column: number;
}

/** End of text, four times: the longest look-ahead is four characters. */
const END = "\0\0\0\0";

/** Reads a YAML text one character at a time. The text must hold no NUL: NUL is the end. */
export class Cursor {
  readonly text: string;
  readonly length: number;
  index: number;
  line = 0;
  column = 0;
  /** Line breaks since the last character that is not blank. */
  newlines = 0;

  constructor(text: string, start = 0) {
    // By join it is one flat string, of which a character is read twice as fast as of two that were added.
    this.text = [text, END].join("");
    this.length = text.length;
    this.index = start;
  }

  /** The code unit `ahead` characters from here; 0 at the end. */
  peek(ahead = 0): number {
    return this.text.charCodeAt(this.index + ahead);
  }

  mark(): Mark {
    return { index: this.index, line: this.line, column: this.column };
  }

  /** Steps over one character that is no line break. */
  skip(): void {
    if (!isBlank(this.peek())) this.newlines = 0;
    this.index++;
    this.column++;
  }

  skipBlanks(): void {
    let end = this.index;
    while (isBlank(this.text.charCodeAt(end))) end++;
    this.column += end - this.index;
    this.index = end;
  }

  /** Steps to a place on this line; all between is content, or ends in content. */
  skipTo(end: number): void {
    if (end > this.index) this.newlines = 0;
    this.column += end - this.index;
    this.index = end;
  }

  skipToLineEnd(): void {
    let end = this.index;
    for (let c = this.peek(); !isBreakOrEnd(c); c = this.text.charCodeAt(++end))
      if (!isBlank(c)) this.newlines = 0;
    this.column += end - this.index;
    this.index = end;
  }

  /** Steps over one line break and answers it as YAML reads it: CR, CR LF and NEL are LF. Empty where there is none. */
  readBreak(): string {
    const c = this.peek();
    if (!isBreak(c)) return "";
    this.index += c === CR && this.peek(1) === LF ? 2 : 1;
    this.column = 0;
    this.line++;
    this.newlines++;
    return c === 0x2028 || c === 0x2029 ? String.fromCharCode(c) : "\n";
  }

  /** At the start of a line: is this `---` or `...`, alone as a word? */
  atDocumentMarker(): boolean {
    if (this.column !== 0) return false;
    const c = this.peek();
    if ((c !== 0x2d && c !== 0x2e) || this.peek(1) !== c || this.peek(2) !== c) return false;
    const after = this.peek(3);
    return isBlank(after) || isBreakOrEnd(after);
  }

  fail(message: string, at: Mark = this.mark()): never {
    throw parseError(message, at);
  }
}

export function parseError(message: string, at: Mark): SopsError {
  return new SopsError("PARSE", `the YAML is not valid: ${message}`, {
    hint: "correct the file, or encrypt it as it is with --input-type binary",
    place: { line: at.line + 1, column: at.column + 1 },
  });
}
