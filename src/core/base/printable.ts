/**
 * What does not show as itself: control characters (C0, DEL, C1); format characters (Cf: zero width, soft hyphen, marks of
 * direction, tags) and all else that is drawn as nothing (fillers, variation selectors); separators of lines and paragraphs;
 * halves of surrogate pairs.
 */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * Text that comes from a file, made safe for a terminal and for whoever reads it: characters that could move the cursor, turn
 * the direction of text or hide what stands there are shown as escapes.
 */
export function printable(text: string): string {
  return text.replace(HIDDEN, escape);
}

function escape(character: string): string {
  if (character === "\n") return "\\n";
  if (character === "\t") return "\\t";
  const code = character.codePointAt(0) ?? 0;
  // A byte that is not UTF-8, in a name (loose-text.ts).
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${hex(code - 0xdc00, 2)}`;
  if (code < 0x100) return `\\x${hex(code, 2)}`;
  return code < 0x1_0000 ? `\\u${hex(code, 4)}` : `\\u{${hex(code, 5)}}`;
}

/** The same in JSON text, by its own escapes: what reads it gets the characters, who looks at it sees them. */
export function printableJson(value: unknown, indent?: number): string {
  const json = JSON.stringify(value, null, indent);
  return json.replace(HIDDEN, (character) => (character === "\n" ? character : jsonEscape(character)));
}

/** In UTF-16, as JSON has it. */
function jsonEscape(character: string): string {
  return Array.from({ length: character.length }, (_, i) => `\\u${hex(character.charCodeAt(i), 4)}`).join("");
}

const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, "0");
