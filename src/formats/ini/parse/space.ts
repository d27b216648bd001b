/*
 * White space as Go's `unicode.IsSpace` sees it, on byte strings: an INI file is trimmed by that rule, so a no-break
 * space at the end of a value is dropped, while a lone byte 0xA0 stays.
 */
const WIDE = new Set([
  "\u00e1\u009a\u0080", // U+1680
  ...Array.from({ length: 11 }, (_, i) => "\u00e2\u0080" + String.fromCharCode(0x80 + i)), // U+2000 to U+200A
  "\u00e2\u0080\u00a8", // U+2028
  "\u00e2\u0080\u00a9", // U+2029
  "\u00e2\u0080\u00af", // U+202F
  "\u00e2\u0081\u009f", // U+205F
  "\u00e3\u0080\u0080", // U+3000
]);

const isAsciiSpace = (code: number): boolean => code === 0x20 || (code >= 0x09 && code <= 0x0d);

/** Bytes of the white space character that starts at `at`; 0 where none does. */
function spaceAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code < 0x80) return isAsciiSpace(code) ? 1 : 0;
  if (code === 0xc2) return /^[\u0085\u00a0]/.test(text.charAt(at + 1)) ? 2 : 0;
  return WIDE.has(text.slice(at, at + 3)) ? 3 : 0;
}

/** The first place from `start` that is not white space, `end` at the most. */
export function skipSpace(text: string, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const length = spaceAt(text, at);
    if (length === 0) break;
    at += length;
  }
  return at;
}

/** The same, but it stops before a line end. */
export function skipBlanks(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && text[at] !== "\n" && text[at] !== "\r") {
    const length = spaceAt(text, at);
    if (length === 0) break;
    at += length;
  }
  return at;
}

/** The end of `start` to `end` without the white space at its end. */
export function trimEnd(text: string, start: number, end: number): number {
  let at = end;
  while (at > start) {
    const length = spaceBefore(text, start, at);
    if (length === 0) break;
    at -= length;
  }
  return at;
}

function spaceBefore(text: string, start: number, at: number): number {
  if (text.charCodeAt(at - 1) < 0x80) return isAsciiSpace(text.charCodeAt(at - 1)) ? 1 : 0;
  if (at - 2 >= start && spaceAt(text, at - 2) === 2) return 2;
  return at - 3 >= start && spaceAt(text, at - 3) === 3 ? 3 : 0;
}

export function trim(text: string): string {
  const start = skipSpace(text, 0, text.length);
  return text.slice(start, trimEnd(text, start, text.length));
}
