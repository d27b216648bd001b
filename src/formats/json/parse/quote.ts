import { isUtf8, looseBytes } from "../../../core/base/loose-text.ts";

/**
 * What Go's encoding/json escapes (format.md 7): HTML's three, the two line separators, controls, quote, backslash,
 * and the bytes of a name that are not UTF-8.
 */
const GO_SPECIAL = /["\\<>&\u0000-\u001f\u2028\u2029\udc80-\udcff]/;
const SURROGATE = /[\ud800-\udfff]/;
const HTML_AND_SEPARATORS = /[<>&\u2028\u2029]/g;

/** A string in quotes, spelled as SOPS (Go) spells it. */
export function quoteGo(value: string): string {
  if (!GO_SPECIAL.test(value)) return `"${value}"`;
  if (!isUtf8(value)) return quoteGoBytes(looseBytes(value));
  return JSON.stringify(wellFormed(value)).replace(HTML_AND_SEPARATORS, escapeUnit);
}

/** The same for bytes that need not be UTF-8: each bad byte becomes a U+FFFD escape, as in Go. */
export function quoteGoBytes(bytes: Uint8Array): string {
  const parts: string[] = ['"'];
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let from = 0;
  const flush = (to: number): void => {
    if (to > from) parts.push(quoteGo(decoder.decode(bytes.subarray(from, to))).slice(1, -1));
  };
  for (let i = 0; i < bytes.length;) {
    const length = sequenceLength(bytes, i);
    if (length === 0) {
      flush(i);
      parts.push("\\ufffd");
      from = i + 1;
    }
    i += Math.max(length, 1);
  }
  flush(bytes.length);
  return parts.join("") + '"';
}

/** Length of the UTF-8 sequence at `at` (RFC 3629 section 4), 0 where it is not one. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4) return 0;
  const second = bytes[at + 1] ?? 0;
  if (second < (LOWEST_SECOND.get(first) ?? 0x80) || second > (HIGHEST_SECOND.get(first) ?? 0xbf)) return 0;
  for (let i = at + 2; i < at + length; i++) if (((bytes[i] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}

/** No overlong forms (E0, F0), no surrogates (ED), nothing past U+10FFFF (F4). */
const LOWEST_SECOND: ReadonlyMap<number, number> = new Map([
  [0xe0, 0xa0],
  [0xf0, 0x90],
]);
const HIGHEST_SECOND: ReadonlyMap<number, number> = new Map([
  [0xed, 0x9f],
  [0xf4, 0x8f],
]);

/** A lone surrogate is not a character: Go, and so SOPS, reads and writes U+FFFD for it. */
export function wellFormed(value: string): string {
  return SURROGATE.test(value) ? value.replace(/\p{Surrogate}/gu, "\ufffd") : value;
}

/** One UTF-16 unit as `\\u` and four lower-case hex digits. */
export function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
