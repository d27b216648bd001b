const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const CODE_OF = Uint8Array.from(ALPHABET, (c) => c.charCodeAt(0));
const DIGIT_OF = new Int8Array(128).fill(-1);
for (let i = 0; i < 64; i++) DIGIT_OF[ALPHABET.charCodeAt(i)] = i;

const PADDING = 0x3d;
/** Bytes that are turned to text at a time; a multiple of 3. One flat string is cheaper than many joined ones. */
const CHUNK = 6144;

/** Characters of the base64 of so many bytes. */
export function base64Length(bytes: number): number {
  return Math.ceil(bytes / 3) * 4;
}

/** Bytes to standard base64 with padding (RFC 4648 section 4). */
export function toBase64(bytes: Uint8Array): string {
  if (bytes.length <= CHUNK) return chunk(bytes, 0, bytes.length);
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += CHUNK)
    parts.push(chunk(bytes, i, Math.min(i + CHUNK, bytes.length)));
  return parts.join("");
}

function chunk(bytes: Uint8Array, from: number, to: number): string {
  const codes = new Array<number>(base64Length(to - from));
  putBase64(codes, 0, bytes, from, to);
  return String.fromCharCode.apply(null, codes);
}

/** Writes the base64 of `bytes` from `from` to `to` into `codes` (UTF-16 units) at `at`; answers where it ends. */
export function putBase64(codes: number[], at: number, bytes: Uint8Array, from: number, to: number): number {
  for (let i = from; i < to; i += 3) {
    const left = to - i;
    const n =
      ((bytes[i] ?? 0) << 16) |
      (left > 1 ? (bytes[i + 1] ?? 0) << 8 : 0) |
      (left > 2 ? (bytes[i + 2] ?? 0) : 0);
    codes[at++] = CODE_OF[n >> 18] ?? 0;
    codes[at++] = CODE_OF[(n >> 12) & 63] ?? 0;
    codes[at++] = left > 1 ? (CODE_OF[(n >> 6) & 63] ?? 0) : PADDING;
    codes[at++] = left > 2 ? (CODE_OF[n & 63] ?? 0) : PADDING;
  }
  return at;
}

/**
 * Standard base64 to bytes as strictly as Go's `base64.StdEncoding`: padding required, CR and LF skipped,
 * unused trailing bits tolerated, all else refused with null.
 */
export function fromBase64(text: string): Uint8Array | null {
  const s = text.includes("\n") || text.includes("\r") ? text.replace(/[\r\n]/g, "") : text;
  if (s.length % 4 !== 0) return null;
  const padding = s.endsWith("==") ? 2 : s.endsWith("=") ? 1 : 0;
  const digits = s.length - padding;
  const out = new Uint8Array((s.length / 4) * 3 - padding);
  let at = 0;
  let buffer = 0;
  for (let i = 0; i < digits; i++) {
    const c = s.charCodeAt(i);
    const d = c < 128 ? (DIGIT_OF[c] ?? -1) : -1;
    if (d < 0) return null;
    buffer = (buffer << 6) | d;
    if (i % 4 === 3) {
      out[at++] = (buffer >> 16) & 255;
      out[at++] = (buffer >> 8) & 255;
      out[at++] = buffer & 255;
      buffer = 0;
    }
  }
  if (padding === 1) {
    out[at++] = (buffer >> 10) & 255;
    out[at++] = (buffer >> 2) & 255;
  } else if (padding === 2) out[at++] = (buffer >> 4) & 255;
  return out;
}
