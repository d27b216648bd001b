import type { Span } from "../../../core/model/tree.ts";
import type { Comments } from "./node.ts";
import type { Scanner } from "./scanner.ts";
import type { CommentLine, Token } from "./token.ts";

const NONE: readonly CommentLine[] = [];
export const NO_COMMENTS: Readonly<Comments> = { head: NONE, line: NONE, foot: NONE };

/**
 * The tokens of a text one by one, and the comments that wait for the node that is read. The order of `peek` and
 * `takeComments` is that of go-yaml's events: it decides which node a comment belongs to.
 */
export class TokenReader {
  readonly #scanner: Scanner;
  #head: readonly CommentLine[] = NONE;
  #line: readonly CommentLine[] = NONE;
  #foot: readonly CommentLine[] = NONE;
  #stem: readonly CommentLine[] = NONE;

  constructor(scanner: Scanner) {
    this.#scanner = scanner;
    this.peek();
    this.#scanner.take();
  }

  /** Every comment of the text, also those that no node keeps. */
  get comments(): readonly Span[] {
    return this.#scanner.comments.all;
  }

  /** Characters of the text. */
  get length(): number {
    return this.#scanner.cursor.length;
  }

  /** The next token; comments that wait for it are taken up. */
  peek(): Token {
    const next = this.#scanner.peek();
    const queue = this.#scanner.comments;
    for (let run = queue.oldest; run !== undefined && next.start.index >= run.token; run = queue.oldest) {
      if (run.role === "head") {
        // A block end has no head: it stays for the token after.
        if (next.type === "block-end") break;
        this.#head = this.#head.length === 0 ? run.lines : [...this.#head, ...run.lines];
      } else if (run.role === "foot")
        this.#foot = this.#foot.length === 0 ? run.lines : [...this.#foot, ...run.lines];
      else this.#line = this.#line.length === 0 ? run.lines : [...this.#line, ...run.lines];
      queue.dropOldest();
    }
    return next;
  }

  /** Steps over the next token, and takes no comment up. */
  take(): void {
    this.#scanner.take();
  }

  /** Steps over the next token; answers the one after it. */
  next(): Token {
    this.#scanner.take();
    return this.peek();
  }

  takeComments(): Readonly<Comments> {
    this.#stem = NONE;
    if (this.#head.length + this.#line.length + this.#foot.length === 0) return NO_COMMENTS;
    const taken = { head: this.#head, line: this.#line, foot: this.#foot };
    this.#head = this.#line = this.#foot = NONE;
    return taken;
  }

  /** The comment above the first key is the document's down to its last blank line, the key's from there on. */
  splitDocumentHead(): readonly CommentLine[] {
    const lines = this.#head;
    for (let i = lines.length - 1; i > 0; i--) {
      if (lines[i] !== null) continue;
      this.#head = lines.slice(i + 1);
      return lines.slice(0, i);
    }
    return NONE;
  }

  /** Steps over the `-` of a list item. What heads the item heads the collection that it is, if it is one. */
  takeDash(): void {
    const { length } = this.#head;
    this.#scanner.take();
    if (length === 0) return;
    const { type } = this.peek();
    if (type !== "block-sequence-start" && type !== "block-mapping-start") return;
    this.#stem = this.#head.slice(0, length);
    this.#head = this.#head.slice(length);
  }

  /** The head that `takeDash` set aside belongs to the collection as a whole. */
  takeStem(): Readonly<Comments> {
    const head = this.#stem;
    this.#stem = NONE;
    return head.length === 0 ? NO_COMMENTS : { head, line: NONE, foot: NONE };
  }
}
