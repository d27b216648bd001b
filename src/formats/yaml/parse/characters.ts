/**
 * Character classes of the YAML 1.1 grammar as go-yaml reads it: NEL, LS and PS are line breaks.
 * All take a UTF-16 code unit; 0 stands for the end of the text.
 */

export const TAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SPACE = 0x20;
export const HASH = 0x23;
export const DASH = 0x2d;
export const COLON = 0x3a;
export const QUESTION = 0x3f;

export function isBreak(c: number): boolean {
  return c === LF || c === CR || c === 0x85 || c === 0x2028 || c === 0x2029;
}

export function isBreakOrEnd(c: number): boolean {
  return c === 0 || isBreak(c);
}

export function isBlank(c: number): boolean {
  return c === SPACE || c === TAB;
}

export function isBlankOrEnd(c: number): boolean {
  return c === SPACE || c === TAB || c === 0 || isBreak(c);
}

export function isDigit(c: number): boolean {
  return c >= 0x30 && c <= 0x39;
}

/** Letters, digits, `_` and `-`: what anchors and tag handles are made of. */
export function isWord(c: number): boolean {
  return isDigit(c) || (c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a) || c === 0x5f || c === DASH;
}

/** The value of a hex digit, -1 for any other character. */
export function hexValue(c: number): number {
  if (isDigit(c)) return c - 0x30;
  if (c >= 0x41 && c <= 0x46) return c - 0x37;
  if (c >= 0x61 && c <= 0x66) return c - 0x57;
  return -1;
}

/** What go-yaml writes without an escape: LF, printable ASCII, U+00A0 to U+FFFD but the BOM and surrogates. */
export function isPrintable(c: number): boolean {
  if (c === LF) return true;
  if (c < 0xa0) return c >= 0x20 && c <= 0x7e;
  return c < 0xd800 || (c >= 0xe000 && c <= 0xfffd && c !== 0xfeff);
}
