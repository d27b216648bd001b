import { SopsError } from "../../../core/base/errors.ts";
import type { Span } from "../../../core/model/tree.ts";
import { lineAt } from "../../byte-text.ts";
import { CommentCollector, type IniComment } from "./comment.ts";
import { type KeyFault, readKey } from "./read-key.ts";
import { nextLine, readValue, signBetween } from "./read-value.ts";
import { skipSpace, trimEnd } from "./space.ts";

/** The section that takes what stands before the first header. */
export const DEFAULT_SECTION = "DEFAULT";

/** A section header or a key line. Offsets in the byte string. */
export interface Anchor {
  /** The line start of its first comment line above, or its own. */
  readonly from: number;
  /** Its own line start, indentation included. */
  readonly at: number;
  /** The start of the line after it. */
  readonly next: number;
  /** The header's name and brackets, or the value's spelling, in full. */
  readonly body: Span;
  /** Where in the body text begins that is no part of anything; `body.end` where none does. */
  readonly kept: number;
  readonly comment: IniComment | null;
}

export interface KeyLine extends Anchor {
  readonly value: string;
  /** Text between a quoted name and its delimiter. */
  readonly junkInName: boolean;
}

export interface IniKey {
  readonly name: string;
  /** All lines with this name in the section; the last one counts, at the place of the first. */
  readonly lines: [KeyLine, ...KeyLine[]];
}

export interface IniSection {
  readonly name: string;
  /** Null for what stands before the first header. */
  readonly header: Anchor | null;
  readonly keys: Map<string, IniKey>;
  /** From its comment or header to the next section's. */
  readonly start: number;
  end: number;
}

export interface Scanned {
  readonly sections: readonly IniSection[];
  /** Headers and key lines in file order. */
  readonly anchors: readonly Anchor[];
  /** Where comment lines begin that no key or section follows; the text's length where there are none. */
  readonly tail: number;
}

/** A UTF-8 byte order mark, as a byte string. */
const BOM = "\u00ef\u00bb\u00bf";

/** Reads an INI byte string as SOPS does (format.md 9). Throws PARSE with the line. */
export function scan(text: string): Scanned {
  return new Scanner(text).scan();
}

class Scanner {
  readonly #text: string;
  readonly #sections: IniSection[];
  readonly #anchors: Anchor[] = [];
  readonly #comments: CommentCollector;
  #section: IniSection;
  #at: number;
  /** The number that the next key `-` gets. */
  #count = 1;

  constructor(text: string) {
    this.#text = text;
    this.#comments = new CommentCollector(text);
    this.#at = text.startsWith(BOM) ? BOM.length : 0;
    this.#section = {
      name: DEFAULT_SECTION,
      header: null,
      keys: new Map(),
      start: this.#at,
      end: text.length,
    };
    this.#sections = [this.#section];
  }

  scan(): Scanned {
    const text = this.#text;
    while (this.#at < text.length) this.#readLine();
    return { sections: this.#sections, anchors: this.#anchors, tail: this.#comments.from ?? text.length };
  }

  #readLine(): void {
    const lineStart = this.#at;
    const next = nextLine(this.#text, lineStart);
    const start = skipSpace(this.#text, lineStart, next);
    this.#at = next;
    if (start === next) return;
    const first = this.#text.charAt(start);
    if (first === "#" || first === ";")
      this.#comments.add(lineStart, start, trimEnd(this.#text, start, next), next);
    else if (first === "[") this.#readHeader(lineStart, start, next);
    else this.#readKeyLine(lineStart, start, next);
  }

  #readHeader(lineStart: number, start: number, next: number): void {
    const text = this.#text;
    const close = text.slice(start, next).lastIndexOf("]");
    if (close < 0) throw this.#fail(start, "a section header has no ]", "write [name]");
    if (close === 1) throw this.#fail(start, "a section has no name", "write [name]");
    const kept = start + close + 1;
    const lineEnd = trimEnd(text, kept, next);
    const sign = signBetween(text, kept, lineEnd);
    const bodyEnd = sign < 0 ? lineEnd : trimEnd(text, kept, sign);
    const from = this.#comments.from ?? lineStart;
    const comment = this.#comments.take(sign < 0 ? null : { start: sign, end: lineEnd }, bodyEnd, "section");
    const header: Anchor = { from, at: lineStart, next, body: { start, end: bodyEnd }, kept, comment };
    this.#anchors.push(header);
    this.#section.end = from;
    this.#section = {
      name: text.slice(start + 1, kept - 1),
      header,
      keys: new Map(),
      start: from,
      end: text.length,
    };
    this.#sections.push(this.#section);
    this.#count = 1;
  }

  #readKeyLine(lineStart: number, start: number, lineEnd: number): void {
    const key = readKey(this.#text.slice(start, lineEnd));
    if (typeof key === "string") throw this.#noKey(key, start);
    const read = readValue(this.#text, start + key.after);
    if (read === null)
      throw this.#fail(start, "a quoted value has no end", "close it with the quote it starts with");
    const from = this.#comments.from ?? lineStart;
    const comment = this.#comments.take(read.comment, read.end, "key");
    const body = { start: read.start, end: read.end };
    const { value, kept, next } = read;
    const line: KeyLine = { from, at: lineStart, next, body, kept, comment, value, junkInName: key.junk };
    this.#at = next;
    this.#anchors.push(line);
    this.#addKey(key.name === "-" ? `#${String(this.#count++)}` : key.name, line);
  }

  #addKey(name: string, line: KeyLine): void {
    const known = this.#section.keys.get(name);
    if (known === undefined) this.#section.keys.set(name, { name, lines: [line] });
    else known.lines.push(line);
  }

  #noKey(fault: KeyFault, at: number): SopsError {
    if (fault === "no-name")
      return this.#fail(at, "a line has no key before its = or :", "write key = value");
    if (fault === "open-quote")
      return this.#fail(at, "a quoted key has no closing quote", "close it, or take the quote out");
    return this.#fail(
      at,
      "a line is neither key = value, a [section] nor a comment",
      "write key = for an empty value",
    );
  }

  #fail(at: number, message: string, hint: string): SopsError {
    return new SopsError("PARSE", message, { hint, place: { line: lineAt(this.#text, at) } });
  }
}
