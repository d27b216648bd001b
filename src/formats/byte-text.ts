import { fromByteString, fromUtf8, toByteString, tryFromUtf8, utf8 } from "../core/bytes.ts";
import { SopsError } from "../core/errors.ts";
import { valToString } from "../core/number.ts";
import type { Scalar } from "../core/tree.ts";

/*
 * The flat formats are walked as byte strings (one character for each byte), since their values need not be UTF-8.
 * For ASCII, nearly all there is, a byte string is the text itself.
 */
const BEYOND_ASCII = /[\u0080-\uffff]/;

export function isAscii(text: string): boolean {
  return !BEYOND_ASCII.test(text);
}

/** Bytes to a byte string. */
export function readBytes(bytes: Uint8Array): string {
  const text = tryFromUtf8(bytes);
  // Fewer characters than bytes: something took more than one byte.
  return text?.length === bytes.length ? text : toByteString(bytes);
}

/** A byte string to bytes. */
export function writeBytes(raw: string): Uint8Array {
  const bytes = utf8(raw);
  return bytes.length === raw.length ? bytes : fromByteString(raw);
}

/** Text to the byte string of its UTF-8. */
export function rawText(text: string): string {
  return isAscii(text) ? text : toByteString(utf8(text));
}

/** A byte string to text; null where the bytes are not UTF-8. */
export function tryText(raw: string): string | null {
  return isAscii(raw) ? raw : tryFromUtf8(fromByteString(raw));
}

/** A byte string to text; what is not UTF-8 becomes U+FFFD. For comments, which no MAC covers. */
export function lossyText(raw: string): string {
  return tryText(raw) ?? new TextDecoder("utf-8", { ignoreBOM: true }).decode(fromByteString(raw));
}

/** A key or section name. It is part of the AAD, so it must be UTF-8. Throws NOT_UTF8; `at` is its offset in `text`. */
export function nameText(raw: string, text: string, at: number): string {
  const name = tryText(raw);
  if (name !== null) return name;
  throw new SopsError("NOT_UTF8", "the name of a key or section is not valid UTF-8", {
    hint: "convert the file to UTF-8, or encrypt it as it is with --input-type binary",
    place: { line: lineAt(text, at) },
  });
}

/** A byte string to a leaf's value. */
export function rawToScalar(raw: string): Scalar {
  if (isAscii(raw)) return { kind: "str", value: raw };
  const bytes = fromByteString(raw);
  const text = tryFromUtf8(bytes);
  return text === null ? { kind: "bytes", value: bytes } : { kind: "str", value: text };
}

/** A leaf's value as the byte string that SOPS prints in a flat format (spec section 6.3, last column). */
export function rawScalar(value: Scalar | null): string {
  if (value?.kind === "bytes") return toByteString(value.value);
  return rawText(valToString(value));
}

/** The line of an offset, from 1. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) line++;
  return line;
}

/** Throws NOT_UTF8 where the bytes are known to be UTF-16. */
export function refuseUtf16(bytes: Uint8Array): void {
  const [a, b] = bytes;
  if (!((a === 0xfe && b === 0xff) || (a === 0xff && b === 0xfe))) return;
  fromUtf8(bytes);
}
