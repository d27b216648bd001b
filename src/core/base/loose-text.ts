import { tryFromUtf8, utf8 } from "./bytes.ts";

/*
 * Names and comments are text, but SOPS takes any bytes for them (a .env file in Latin-1, a !!binary key in YAML). A byte
 * that is not UTF-8 is held as a lone surrogate, U+DC80 to U+DCFF, which no text of a file can hold: so it comes back.
 */

/** The most bytes that a character takes in UTF-8. */
const WIDTHS = [1, 2, 3, 4] as const;

/** Bytes to text. */
export function looseText(bytes: Uint8Array): string {
  const text = tryFromUtf8(bytes);
  if (text !== null) return text;
  const parts: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const read = characterAt(bytes, at);
    parts.push(read?.text ?? String.fromCharCode(0xdc00 + (bytes[at] ?? 0)));
    at += read?.width ?? 1;
  }
  return parts.join("");
}

function characterAt(bytes: Uint8Array, at: number): { text: string; width: number } | null {
  for (const width of WIDTHS) {
    const text = at + width > bytes.length ? null : tryFromUtf8(bytes.subarray(at, at + width));
    if (text !== null) return { text, width };
  }
  return null;
}

/** The bytes that the text was made of. Any other lone surrogate becomes U+FFFD, as the platform does. */
export function looseBytes(text: string): Uint8Array {
  if (isUtf8(text)) return utf8(text);
  const bytes: number[] = [];
  for (const c of text) {
    const code = c.codePointAt(0) ?? 0;
    if (code >= 0xdc80 && code <= 0xdcff) bytes.push(code - 0xdc00);
    else bytes.push(...utf8(c));
  }
  return Uint8Array.from(bytes);
}

/** Is this the text of bytes that are UTF-8? */
export function isUtf8(text: string): boolean {
  return !LOW_SURROGATE.test(text) || !LONE_BYTE.test(text);
}

/** Quick, and true of every emoji too. */
const LOW_SURROGATE = /[\udc80-\udcff]/;
const LONE_BYTE = /[\udc80-\udcff]/u;
