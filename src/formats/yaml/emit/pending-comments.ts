import { isBreak } from "../parse/characters.ts";
import { type Page, splitBreaks } from "./writer.ts";

export type CommentPlace = "head" | "line" | "foot" | "tail" | "keyLine";

/** The comments that wait for their place on the page, as go-yaml's emitter keeps them. */
export class PendingComments {
  readonly #page: Page;
  readonly #pending: Record<CommentPlace, readonly string[]> = {
    head: [],
    line: [],
    foot: [],
    tail: [],
    keyLine: [],
  };

  constructor(page: Page) {
    this.#page = page;
  }

  queue(kind: CommentPlace, lines: readonly string[]): void {
    if (lines.length > 0) this.#pending[kind] = lines;
  }

  #comment(lines: readonly string[]): void {
    lines.forEach((line, i) => {
      if (i > 0) {
        this.#page.break();
        this.#page.writeIndent();
      }
      this.#multiline(`#${line}`);
      this.#page.indention = false;
    });
    this.#page.break();
    this.#page.whitespace = true;
  }

  /** A comment that holds a line break of its own continues as a comment. */
  #multiline(line: string): void {
    let broken = false;
    for (const part of splitBreaks(line)) {
      if (isBreak(part.charCodeAt(0))) {
        this.#page.break(part);
        broken = true;
        continue;
      }
      if (broken) {
        this.#page.writeIndent();
        if (!part.startsWith("#")) this.#page.put("# ");
      }
      this.#page.put(part);
      this.#page.indention = broken = false;
    }
  }

  #footOf(kind: "foot" | "tail"): void {
    const lines = this.#pending[kind];
    if (lines.length === 0) return;
    this.#page.writeIndent();
    this.#comment(lines);
    this.#pending[kind] = [];
    this.#page.footIndent = Math.max(this.#page.indent, 0);
  }

  foot(): void {
    this.#footOf("foot");
  }

  head(): void {
    this.#footOf("tail");
    if (this.#pending.head.length === 0) return;
    this.#page.writeIndent();
    this.#comment(this.#pending.head);
    this.#pending.head = [];
  }

  /** `breakAfter`: a line end is due even where there is no comment. */
  line(breakAfter = false): void {
    if (this.#pending.line.length === 0) {
      if (breakAfter) this.#page.break();
      return;
    }
    if (!this.#page.whitespace) this.#page.put(" ");
    this.#comment(this.#pending.line);
    this.#pending.line = [];
  }

  /** The comment of a line that ended already, or that a container left over, waits for the next key's line. */
  lineToKeyLine(): void {
    this.queue("keyLine", this.#pending.line);
    this.#pending.line = [];
  }

  keyLineToLine(): void {
    this.queue("line", this.#pending.keyLine);
    this.#pending.keyLine = [];
  }

  /** A comment that is left over from a container before stands on the line of the next key. */
  keyLineNow(): void {
    if (this.#pending.keyLine.length === 0) return;
    this.#pending.line = this.#pending.keyLine;
    this.#pending.keyLine = [];
    this.line();
  }
}
