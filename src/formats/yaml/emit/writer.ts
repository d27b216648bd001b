/**
 * The characters of an emitted document, with the few flags of go-yaml's emitter from which the white space around
 * comments follows.
 */
export class Page {
  readonly #parts: string[] = [];
  /** Columns of the node that is written now; -1: outside of all. */
  indent = -1;
  column = 0;
  /** The last character was white space. */
  whitespace = true;
  /** Nothing but indentation stands on this line so far. */
  indention = true;
  /** Where a foot comment ended: what follows there is set off by an empty line. */
  footIndent = -1;

  get text(): string {
    return this.#parts.join("");
  }

  put(text: string): void {
    this.#parts.push(text);
    this.column += text.length;
  }

  break(text = "\n"): void {
    this.#parts.push(text);
    this.column = 0;
    this.indention = true;
  }

  writeIndent(): void {
    const indent = Math.max(this.indent, 0);
    if (!this.indention || this.column > indent || (this.column === indent && !this.whitespace)) this.break();
    if (this.footIndent === indent) this.break();
    if (this.column < indent) this.put(" ".repeat(indent - this.column));
    this.whitespace = true;
    this.footIndent = -1;
  }

  indicator(text: string, spaceBefore: boolean, isWhite = false, isIndention = false): void {
    if (spaceBefore && !this.whitespace) this.put(" ");
    this.put(text);
    this.whitespace = isWhite;
    this.indention = this.indention && isIndention;
  }
}

/** Text and line breaks in turn, each break by itself. */
export function splitBreaks(text: string): string[] {
  return text.split(/([\n\r\x85\u2028\u2029])/).filter((part) => part !== "");
}
