import type { Span } from "../../../core/model/tree.ts";
import { trim } from "./space.ts";

/** All comment text of one key or section: SOPS makes one comment of the lines above it and the one on its own line. */
export interface IniComment {
  /** Byte string without the leading signs; inner lines keep theirs. */
  readonly raw: string;
  /** From the sign of the first line above to the end of the last, white space at the end cut. */
  readonly lines: Span | null;
  /** On the line itself: from the white space before the sign on. */
  readonly inline: Span | null;
  /** Where `raw` stands as one piece, if it does: then another text can take its place and reads back as it is. */
  readonly own: Span | null;
  /** It starts with a sign on a line of its own, which crashes SOPS' writer: such a line must not be in a sealed file. */
  readonly crashes: boolean;
}

/** Collects the comment lines of an INI text until a key or a section takes them. */
export class CommentCollector {
  readonly #text: string;
  #parts: string[] = [];
  #start = 0;
  #end = 0;
  /** Start of the first line, indentation included; null while there is none. */
  from: number | null = null;

  constructor(text: string) {
    this.#text = text;
  }

  /** One comment line: `start` is its sign, `end` is where it is trimmed, `next` the start of the next line. */
  add(lineStart: number, start: number, end: number, next: number): void {
    if (this.from === null) {
      this.from = lineStart;
      this.#start = start;
    }
    this.#end = end;
    this.#parts.push(this.#text.slice(start, next));
  }

  /** The comment so far with an inline one; `body` is where the text before that ends. Starts anew. */
  take(inline: Span | null, body: number, on: "key" | "section"): IniComment | null {
    const text = this.#text;
    const lines = this.from === null ? null : { start: this.#start, end: this.#end };
    const tail = inline === null ? "" : text.slice(inline.start, inline.end);
    const whole = trim(this.#parts.join("") + tail);
    this.#parts = [];
    this.from = null;
    if (whole === "") return null;
    const prefix = prefixOf(whole);
    const crashes = /[\r\n]/.test(prefix);
    // A sealed text holds a bracket, and SOPS ends a header at the last one of its line: it has no place there.
    const place = inline === null ? lines : lines === null && on === "key" ? inline : null;
    const fits = place !== null && text.slice(place.start, place.end) === whole && !crashes;
    return {
      raw: whole.slice(prefix.length),
      lines,
      inline: inline === null ? null : { start: body, end: inline.end },
      own: fits ? { start: place.start + prefix.length, end: place.end } : null,
      crashes,
    };
  }
}

/** SOPS strips one kind of sign and spaces. Where this leaves an empty first line, the next line is stripped as well. */
function prefixOf(comment: string): string {
  return /^(?:(?:;[; ]*|#[# ]*)?[\r\n])*(?:;[; ]*|#[# ]*)?/.exec(comment)?.[0] ?? "";
}

/** A comment's text (byte string) as lines with signs, the way SOPS prints it above a key or a section. */
export function spellComment(raw: string, above: "key" | "section"): string {
  return raw
    .split("\n")
    .map((line) => spellLine(line, above))
    .join("\n");
}

function spellLine(line: string, above: "key" | "section"): string {
  if (/^[#;]/.test(line)) return `${line.charAt(0)} ${trim(line.slice(1))}`;
  return `; ${above === "key" ? trim(line) : line}`;
}

/** The same text after a sign that is there already. */
export function continueComment(raw: string): string {
  return raw.replace(/\n(?![#;])/g, "\n; ");
}
