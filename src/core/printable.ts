/**
 * Text that comes from a file, made safe for a terminal: control characters (C0, DEL, C1) and the ones that change
 * the direction of text are shown as escapes, so that none can move the cursor or hide what stands there; bytes that are
 * not UTF-8 (loose-text.ts) as well.
 */
export function printable(text: string): string {
  return text
    .replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, escape)
    .replace(/[\udc80-\udcff]/gu, escapeByte);
}

/** A byte that is not UTF-8, in the name of a key. */
function escapeByte(byte: string): string {
  return `\\x${(byte.charCodeAt(0) - 0xdc00).toString(16)}`;
}

function escape(character: string): string {
  if (character === "\n") return "\\n";
  if (character === "\t") return "\\t";
  const code = character.charCodeAt(0);
  return code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
}
