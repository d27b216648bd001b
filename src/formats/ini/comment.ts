import type { Span } from "../../core/tree.ts";
import { tryText } from "../byte-text.ts";
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
  take(inline: Span | null, body: number): IniComment | null {
    const text = this.#text;
    const lines = this.from === null ? null : { start: this.#start, end: this.#end };
    const tail = inline === null ? "" : text.slice(inline.start, inline.end);
    const whole = trim(this.#parts.join("") + tail);
    this.#parts = [];
    this.from = null;
    if (whole === "") return null;
    const place = lines !== null && inline !== null ? null : (lines ?? inline);
    return {
      raw: whole.slice(prefixLength(whole)),
      lines,
      inline: inline === null ? null : { start: body, end: inline.end },
      own: place !== null && isPlain(text.slice(place.start, place.end), whole) ? afterPrefix(place, whole) : null,
    };
  }
}

/** SOPS strips one kind of sign and spaces; an empty line that this leaves at the start would crash its writer. */
function prefixLength(comment: string): number {
  const prefix = /^(?:;[; ]*|#[# ]*)?[\r\n]*/.exec(comment);
  return prefix?.[0].length ?? 0;
}

const isPlain = (source: string, whole: string): boolean =>
  source === whole && !/[\r\n]/.test(whole.slice(0, prefixLength(whole))) && tryText(whole) !== null;

function afterPrefix(place: Span, whole: string): Span {
  return { start: place.start + prefixLength(whole), end: place.end };
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
