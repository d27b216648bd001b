import { hexValue, isBlank, isBreak, isBreakOrEnd } from "./characters.ts";
import type { Cursor, Mark } from "./cursor.ts";
import { Gap, readGap } from "./fold-white-space.ts";
import type { ScannedScalar } from "./token.ts";

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["0", "\0"],
  ["a", "\x07"],
  ["b", "\b"],
  ["t", "\t"],
  ["\t", "\t"],
  ["n", "\n"],
  ["v", "\v"],
  ["f", "\f"],
  ["r", "\r"],
  ["e", "\x1b"],
  [" ", " "],
  ['"', '"'],
  ["'", "'"],
  ["\\", "\\"],
  ["N", "\x85"],
  ["_", "\xa0"],
  ["L", "\u2028"],
  ["P", "\u2029"],
]);
const HEX_DIGITS: ReadonlyMap<string, number> = new Map([
  ["x", 2],
  ["u", 4],
  ["U", 8],
]);

/** A single- or double-quoted scalar; the cursor stands on its left quote. */
export function scanQuoted(cursor: Cursor, single: boolean): ScannedScalar {
  const start = cursor.mark();
  const quote = cursor.peek();
  const gap = new Gap();
  let value = "";
  cursor.skip();
  for (;;) {
    if (cursor.atDocumentMarker()) cursor.fail("a document marker inside a quoted scalar", start);
    if (cursor.peek() === 0) cursor.fail("a quoted scalar has no end", start);
    value += single ? readSingle(cursor) : readDouble(cursor, gap, start);
    if (cursor.peek() === quote) break;
    readGap(cursor, gap, start, 0);
    value += gap.take();
  }
  cursor.skip();
  return { style: single ? "single" : "double", value, end: cursor.index };
}

/** Up to the closing quote or the last word of the line. */
function readSingle(cursor: Cursor): string {
  const { text } = cursor;
  let value = "";
  let from = cursor.index;
  let end = from;
  for (let i = from; ; i++) {
    const c = text.charCodeAt(i);
    if (isBlank(c)) continue;
    if (isBreakOrEnd(c)) break;
    if (c === 0x27 && text.charCodeAt(i + 1) !== 0x27) {
      end = i;
      break;
    }
    if (c === 0x27) {
      value += text.slice(from, i);
      from = ++i;
    }
    end = i + 1;
  }
  cursor.skipTo(end);
  return value + text.slice(from, end);
}

/** Up to the closing quote, the last word of the line, or an escaped line break, which opens the gap. */
function readDouble(cursor: Cursor, gap: Gap, start: Mark): string {
  let value = "";
  for (;;) {
    const from = cursor.index;
    skipUnescaped(cursor);
    value += cursor.text.slice(from, cursor.index);
    if (cursor.peek() !== 0x5c) return value;
    if (isBreak(cursor.peek(1))) {
      cursor.skip();
      cursor.readBreak();
      gap.broken = true;
      return value;
    }
    value += readEscape(cursor, start);
  }
}

/** Steps over the words of a line and the blanks between them, up to a quote or a backslash. */
function skipUnescaped(cursor: Cursor): void {
  const { text } = cursor;
  let end = cursor.index;
  for (let i = end; ; i++) {
    const c = text.charCodeAt(i);
    if (isBlank(c)) continue;
    if (isBreakOrEnd(c)) break;
    if (c === 0x22 || c === 0x5c) {
      end = i;
      break;
    }
    end = i + 1;
  }
  cursor.skipTo(end);
}

function readEscape(cursor: Cursor, start: Mark): string {
  const name = cursor.text.charAt(cursor.index + 1);
  const plain = ESCAPES.get(name);
  const digits = HEX_DIGITS.get(name);
  if (plain === undefined && digits === undefined)
    cursor.fail("an unknown escape in a double-quoted scalar", start);
  cursor.skip();
  cursor.skip();
  if (plain !== undefined) return plain;
  let code = 0;
  for (let i = 0; i < (digits ?? 0); i++) {
    const digit = hexValue(cursor.peek());
    if (digit < 0) cursor.fail("an escape without its hexadecimal digits", start);
    code = code * 16 + digit;
    cursor.skip();
  }
  if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff)
    cursor.fail("an escape that is no Unicode character", start);
  return String.fromCodePoint(code);
}
