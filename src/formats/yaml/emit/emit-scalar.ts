import { isBreak, SPACE, TAB } from "../parse/characters.ts";
import { type Page, splitBreaks } from "./writer.ts";
import type { PendingComments } from "./pending-comments.ts";
import { doubleQuoted, type ScalarText } from "./scalar-text.ts";

/** Writes scalars in the styles that go-yaml chose for them. */
export class ScalarEmitter {
  readonly #page: Page;
  readonly #comments: PendingComments;
  readonly #step: number;

  /** `step`: spaces of one level. */
  constructor(page: Page, comments: PendingComments, step: number) {
    this.#page = page;
    this.#comments = comments;
    this.#step = step;
  }

  /** The page's indentation is the scalar's own; `outer` that of what holds it. */
  emit(scalar: ScalarText, simpleKey: boolean, outer: number): void {
    const style = styleHere(scalar, simpleKey);
    if (style === "plain") this.#plain(scalar.text);
    else if (style === "single") this.#single(scalar.text);
    else if (style === "double") this.#quoted(doubleQuoted(scalar.text, true));
    else this.#literal(scalar.text, outer);
  }

  tag(tag: string): void {
    if (!this.#page.whitespace) this.#page.put(" ");
    this.#page.put(tag);
    this.#page.whitespace = this.#page.indention = false;
  }

  #plain(text: string): void {
    if (text !== "" && !this.#page.whitespace) this.#page.put(" ");
    this.#page.put(text);
    if (text !== "") this.#page.whitespace = false;
    this.#page.indention = false;
  }

  #quoted(text: string): void {
    this.#page.indicator(text, true);
    this.#page.whitespace = this.#page.indention = false;
  }

  /** LS and PS stay as they are, each followed by the indentation of the next line. */
  #single(text: string): void {
    this.#page.indicator("'", true);
    let broken = false;
    for (const part of splitBreaks(text)) {
      if (isBreak(part.charCodeAt(0))) {
        if (!broken && part === "\n") this.#page.break();
        this.#page.break(part);
        broken = true;
      } else {
        if (broken) this.#page.writeIndent();
        this.#page.put(part.replaceAll("'", "''"));
        this.#page.indention = broken = false;
      }
    }
    this.#page.indicator("'", false);
    this.#page.whitespace = this.#page.indention = false;
  }

  #literal(text: string, outer: number): void {
    const first = text.charCodeAt(0);
    const hinted = first === SPACE || isBreak(first);
    // go-yaml's hint is wrong where the content is not one step deeper (in lists), and it refuses a tab where it looks
    // for the indentation; such texts would not read back.
    const wrongHint =
      hinted && this.#page.indent - Math.max(outer, 0) !== this.#step && /[^\n\u2028\u2029]/.test(text);
    if (wrongHint || first === TAB) {
      this.#quoted(doubleQuoted(text, true));
      return;
    }
    this.#page.indicator(`|${hinted ? String(this.#step) : ""}${chompOf(text)}`, true);
    this.#comments.line(true);
    this.#page.whitespace = true;
    let broken = true;
    for (const part of splitBreaks(text)) {
      if (isBreak(part.charCodeAt(0))) {
        this.#page.break(part);
        broken = true;
        continue;
      }
      if (broken) this.#page.writeIndent();
      this.#page.put(part);
      this.#page.indention = broken = false;
    }
  }
}

function styleHere(scalar: ScalarText, simpleKey: boolean): ScalarText["style"] {
  if (simpleKey && scalar.multiline) return "double";
  if (scalar.style === "literal" && simpleKey) return "double";
  return scalar.style;
}

function chompOf(text: string): string {
  const last = text.length - 1;
  if (!isBreak(text.charCodeAt(last))) return "-";
  return last === 0 || isBreak(text.charCodeAt(last - 1)) ? "+" : "";
}
