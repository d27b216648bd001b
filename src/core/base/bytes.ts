import { SopsError } from "./errors.ts";

const encoder = new TextEncoder();
const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Most values are short ASCII, and for those a loop is several times faster than the platform's coders. */
const SHORT = 64;

/** Text to UTF-8. A lone surrogate becomes U+FFFD, as the platform does. */
export function utf8(text: string): Uint8Array {
  const length = text.length;
  if (length > SHORT) return encoder.encode(text);
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) {
    const c = text.charCodeAt(i);
    if (c > 0x7f) return encoder.encode(text);
    bytes[i] = c;
  }
  return bytes;
}

/** UTF-8 to text, a BOM kept as U+FEFF; null where the bytes are not UTF-8. */
export function tryFromUtf8(bytes: Uint8Array): string | null {
  return shortAscii(bytes) ?? decode(bytes);
}

function shortAscii(bytes: Uint8Array): string | null {
  if (bytes.length > SHORT) return null;
  let text = "";
  for (const byte of bytes) {
    if (byte > 0x7f) return null;
    text += String.fromCharCode(byte);
  }
  return text;
}

function decode(bytes: Uint8Array): string | null {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    return null;
  }
}

/** UTF-8 to text, a BOM kept as U+FEFF. Throws NOT_UTF8 with the line of the first bad byte. */
export function fromUtf8(bytes: Uint8Array): string {
  const text = tryFromUtf8(bytes);
  if (text !== null) return text;
  refuseUtf16(bytes);
  throw new SopsError("NOT_UTF8", "the file is not valid UTF-8", {
    hint: "convert it to UTF-8, or encrypt it as it is with --input-type binary",
    place: { line: lineOfBadUtf8(bytes) },
  });
}

/** The encoding that a byte order mark of UTF-16 tells; null where there is none. */
export function utf16Of([a, b]: Uint8Array): "utf-16le" | "utf-16be" | null {
  if (a === 0xff && b === 0xfe) return "utf-16le";
  return a === 0xfe && b === 0xff ? "utf-16be" : null;
}

/** Windows PowerShell 5.1 redirects (`>`) in UTF-16. Throws NOT_UTF8 where a byte order mark says so. */
export function refuseUtf16(bytes: Uint8Array): void {
  if (utf16Of(bytes) === null) return;
  throw new SopsError("NOT_UTF8", "the file is in UTF-16, and it must be in UTF-8", {
    hint: "convert it: iconv -f UTF-16 -t UTF-8 FILE > NEW; in Windows PowerShell give > and Out-File the encoding utf8",
    place: { line: 1 },
  });
}

function lineOfBadUtf8(bytes: Uint8Array): number {
  let line = 1;
  let start = 0;
  for (let i = 0; i <= bytes.length; i++) {
    if (i < bytes.length && bytes[i] !== 0x0a) continue;
    if (tryFromUtf8(bytes.subarray(start, i)) === null) return line;
    line++;
    start = i + 1;
  }
  return line;
}

/** One character for each byte, U+0000 to U+00FF: lets code that walks text keep bytes that are not UTF-8. */
export function toByteString(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 8192)
    parts.push(String.fromCharCode(...bytes.subarray(i, i + 8192)));
  return parts.join("");
}

/** The inverse of `toByteString`. Characters must be below U+0100. */
export function fromByteString(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

const HEX = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, "0"));

/** Bytes to lower-case hex. */
export function toHex(bytes: Uint8Array): string {
  let out = "";
  for (const b of bytes) out += HEX[b] ?? "";
  return out;
}

/** For bytes that are not secret, or whose owner is the only reader. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  const compared = a.length > SHORT ? equalWords(a, b) : 0;
  if (compared === null) return false;
  for (let i = compared; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Four bytes at a time, of which each text may have millions. How many were compared; null: they differ. */
function equalWords(a: Uint8Array, b: Uint8Array): number | null {
  if (a.byteOffset % 4 !== 0 || b.byteOffset % 4 !== 0) return 0;
  const count = a.length >> 2;
  const left = new Uint32Array(a.buffer, a.byteOffset, count);
  const right = new Uint32Array(b.buffer, b.byteOffset, count);
  for (let i = 0; i < count; i++) if (left[i] !== right[i]) return null;
  return count * 4;
}

/** Compares without stopping at the first difference. Lengths are not secret. */
export function equalConstantTime(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}

/** Overwrites a secret that is no longer needed. Best effort: the runtime may have copied it. */
export function wipe(bytes: Uint8Array): void {
  bytes.fill(0);
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
