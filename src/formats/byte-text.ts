import { fromByteString, refuseUtf16, toByteString, tryFromUtf8, utf8 } from "../core/base/bytes.ts";
import { looseBytes, looseText } from "../core/base/loose-text.ts";
import { valToString } from "../core/model/number.ts";
import type { Scalar } from "../core/model/tree.ts";

/*
 * The flat formats are walked as byte strings (one character for each byte), since their values need not be UTF-8.
 * For ASCII, nearly all there is, a byte string is the text itself.
 */
const BEYOND_ASCII = /[\u0080-\uffff]/;

export function isAscii(text: string): boolean {
  return !BEYOND_ASCII.test(text);
}

/** Bytes to a byte string. Throws NOT_UTF8 where they are UTF-16, whose line ends are none here. */
export function readBytes(bytes: Uint8Array): string {
  refuseUtf16(bytes);
  const text = tryFromUtf8(bytes);
  // Fewer characters than bytes: something took more than one byte.
  return text?.length === bytes.length ? text : toByteString(bytes);
}

/** A byte string to bytes. */
export function writeBytes(raw: string): Uint8Array {
  const bytes = utf8(raw);
  return bytes.length === raw.length ? bytes : fromByteString(raw);
}

/** Text to the byte string of its UTF-8; names and comments may be loose text. */
export function rawText(text: string): string {
  return isAscii(text) ? text : toByteString(looseBytes(text));
}

/** A byte string to loose text: a name or a comment, of which no byte is lost. */
export function nameText(raw: string): string {
  return isAscii(raw) ? raw : looseText(fromByteString(raw));
}

/** With U+FFFD for what is not UTF-8, as the first versions of enc sealed a comment; its bytes are in a hint. */
export function lossyText(raw: string): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(fromByteString(raw));
}

/** A byte string to a leaf's value. */
export function rawToScalar(raw: string): Scalar {
  if (isAscii(raw)) return { kind: "str", value: raw };
  const bytes = fromByteString(raw);
  const text = tryFromUtf8(bytes);
  return text === null ? { kind: "bytes", value: bytes } : { kind: "str", value: text };
}

/** A leaf's value as the byte string that SOPS prints in a flat format (format.md 6.3, last column). */
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
