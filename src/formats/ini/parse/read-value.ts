import { skipBlanks, skipSpace, trimEnd } from "./space.ts";

/** A value as it stands after `=` in an INI text (format.md 9, Value). Offsets in the byte string. */
export interface ValueRead {
  /** Byte string. */
  readonly value: string;
  readonly start: number;
  /** Where the spelling of the value ends; from here to `end` stands text that is no part of anything. */
  readonly kept: number;
  readonly end: number;
  /** The inline comment from its sign on, white space at its end cut. */
  readonly comment: { readonly start: number; readonly end: number } | null;
  /** The start of the first line that is not read. */
  readonly next: number;
}

/** The start of the line after `at`. */
export function nextLine(text: string, at: number): number {
  const found = text.indexOf("\n", at);
  return found < 0 ? text.length : found + 1;
}

/** Reads the value that starts at `from`, a place after the delimiter. Null: a quoted value has no end. */
export function readValue(text: string, from: number): ValueRead | null {
  const lineEnd = nextLine(text, from);
  const start = skipSpace(text, from, lineEnd);
  if (start === lineEnd) {
    const at = skipBlanks(text, from, lineEnd);
    return { value: "", start: at, kept: at, end: at, comment: null, next: lineEnd };
  }
  const quote = quoteAt(text, start, lineEnd);
  if (quote === null) return readBare(text, start, lineEnd);
  const line = text.slice(start + quote.length, lineEnd);
  const close = line.lastIndexOf(quote);
  if (close < 0) return readLines(text, start, lineEnd, quote);
  const kept = start + quote.length + close + quote.length;
  const value = line.slice(0, close);
  return { value, start, kept, end: trimEnd(text, kept, lineEnd), comment: null, next: lineEnd };
}

function quoteAt(text: string, start: number, lineEnd: number): string | null {
  if (lineEnd - start > 3 && text.startsWith('"""', start)) return '"""';
  return text[start] === "`" ? "`" : null;
}

/** A quoted value over several lines: it ends at the last quote of the first line that has one, with no `\` after it. */
function readLines(text: string, start: number, firstEnd: number, quote: string): ValueRead | null {
  for (let at = firstEnd; at < text.length;) {
    const lineEnd = nextLine(text, at);
    const close = text.slice(at, lineEnd).lastIndexOf(quote);
    const kept = at + close + quote.length;
    at = lineEnd;
    if (close < 0 || text[trimEnd(text, kept, lineEnd) - 1] === "\\") continue;
    const value = text.slice(start + quote.length, kept - quote.length);
    return { value, start, kept, ...afterQuote(text, kept, lineEnd), next: lineEnd };
  }
  return null;
}

function afterQuote(text: string, kept: number, lineEnd: number): Pick<ValueRead, "end" | "comment"> {
  const end = trimEnd(text, kept, lineEnd);
  const sign = signBetween(text, kept, end);
  return sign < 0
    ? { end, comment: null }
    : { end: trimEnd(text, kept, sign), comment: { start: sign, end } };
}

/** The first `#` or `;` between two places; -1: none. */
export function signBetween(text: string, start: number, end: number): number {
  const found = text.slice(start, end).search(/[#;]/);
  return found < 0 ? -1 : start + found;
}

function readBare(text: string, start: number, lineEnd: number): ValueRead {
  const end = trimEnd(text, start, lineEnd);
  if (text[end - 1] === "\\") return readContinued(text, start, end, lineEnd);
  const sign = signBetween(text, start, end);
  const kept = sign < 0 ? end : trimEnd(text, start, sign);
  const comment = sign < 0 ? null : { start: sign, end };
  return { value: unquote(text.slice(start, kept)), start, kept, end: kept, comment, next: lineEnd };
}

/** `\` at the end of a line joins the next, trimmed. No inline comment is cut here, no quotes are stripped. */
function readContinued(text: string, start: number, firstEnd: number, lineEnd: number): ValueRead {
  const parts = [text.slice(start, firstEnd - 1)];
  let kept = firstEnd;
  let next = lineEnd;
  let open = true;
  while (open && next < text.length) {
    const from = next;
    next = nextLine(text, from);
    const lineStart = skipSpace(text, from, next);
    const end = trimEnd(text, lineStart, next);
    if (end === lineStart) break;
    kept = end;
    open = text[end - 1] === "\\";
    parts.push(text.slice(lineStart, open ? end - 1 : end));
  }
  return { value: parts.join(""), start, kept, end: kept, comment: null, next };
}

/** Strips one pair of surrounding quotes, where that quote does not stand inside. */
function unquote(text: string): string {
  const quote = text.charAt(0);
  if (quote !== "'" && quote !== '"') return text;
  return text.length >= 2 && text.indexOf(quote, 1) === text.length - 1 ? text.slice(1, -1) : text;
}
