import { isBlank, isBreak, TAB } from "./characters.ts";
import type { Cursor, Mark } from "./cursor.ts";

/** White space between two words of a plain or quoted scalar, folded as YAML 1.1 section 4.2.2 says. */
export class Gap {
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

/** `tabsFrom`: the first column where a tab may stand at the start of a continuation line; 0 for quoted scalars. */
export function readGap(cursor: Cursor, gap: Gap, start: Mark, tabsFrom: number): void {
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
