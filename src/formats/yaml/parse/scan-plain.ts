import { COLON, HASH, isBlank, isBlankOrEnd, isBreak, isBreakOrEnd, QUESTION } from "./characters.ts";
import type { Cursor } from "./cursor.ts";
import { Gap, readGap } from "./fold-white-space.ts";
import type { Around, ScannedScalar } from "./token.ts";

/** A plain scalar. `broken`: it ended after a line break, so a simple key may follow. */
export function scanPlain(cursor: Cursor, around: Around): { scalar: ScannedScalar; broken: boolean } {
  const start = cursor.mark();
  const gap = new Gap();
  let value = "";
  let end = cursor.index;
  for (;;) {
    if (cursor.atDocumentMarker() || cursor.peek() === HASH) break;
    const from = cursor.index;
    const to = skipWords(cursor, around.flow);
    if (to > from) {
      const words = cursor.text.slice(from, to);
      value = value === "" ? words : value + gap.take() + words;
      end = to;
    }
    if (!isBlank(cursor.peek()) && !isBreak(cursor.peek())) break;
    readGap(cursor, gap, start, around.indent + 1);
    if (!around.flow && cursor.column < around.indent + 1) break;
  }
  return { scalar: { style: "plain", value, end }, broken: gap.broken };
}

/** Characters that never end a plain scalar, one byte each: most are of these. */
const ORDINARY = new Uint8Array(128);
for (let c = 0x21; c < 0x7f; c++) ORDINARY[c] = "#:,?[]{}".includes(String.fromCharCode(c)) ? 0 : 1;

/** Steps over the words of a line, and the blanks between them; answers where the last word ends. */
function skipWords(cursor: Cursor, flow: boolean): number {
  const { text } = cursor;
  let end = cursor.index;
  for (let i = end; ; i++) {
    const c = text.charCodeAt(i);
    if (ORDINARY[c] === 1) {
      end = i + 1;
      continue;
    }
    if (isBlank(c)) continue;
    if (isBreakOrEnd(c) || (c === HASH && i > end) || endsPlain(text, i, c, flow)) break;
    end = i + 1;
  }
  cursor.skipTo(end);
  return end;
}

function endsPlain(text: string, at: number, c: number, flow: boolean): boolean {
  if (c === COLON) return isBlankOrEnd(text.charCodeAt(at + 1));
  return flow && (c === 0x2c || c === QUESTION || c === 0x5b || c === 0x5d || c === 0x7b || c === 0x7d);
}
