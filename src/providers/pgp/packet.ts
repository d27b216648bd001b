import { concat } from "../../core/base/bytes.ts";

/** A packet of an OpenPGP message (RFC 9580 section 4). */
export interface Packet {
  readonly tag: number;
  readonly body: Uint8Array;
  /** Where the next one begins. */
  readonly end: number;
}

/** A length and where what it measures begins. `more`: another length follows that part. */
interface Length {
  readonly length: number;
  readonly start: number;
  readonly more: boolean;
}

/** The packet that begins at `at`, in the old or the new format; null where it is cut off or none. */
export function readPacket(bytes: Uint8Array, at: number): Packet | null {
  const first = bytes[at] ?? 0;
  if ((first & 0x80) === 0) return null;
  return (first & 0x40) === 0 ? readOld(bytes, at, first) : readNew(bytes, at, first);
}

/** RFC 9580 section 4.2.2: the low two bits say how many bytes of length follow: 1, 2, 4, or all to the end. */
function readOld(bytes: Uint8Array, at: number, first: number): Packet | null {
  const tag = (first >> 2) & 15;
  const size = [1, 2, 4, 0][first & 3] ?? 0;
  const start = at + 1 + size;
  const length = size === 0 ? bytes.length - start : bigEndian(bytes, at + 1, size);
  const end = start + length;
  return start > bytes.length || end > bytes.length ? null : { tag, body: bytes.subarray(start, end), end };
}

/** RFC 9580 section 4.2.1: any number of parts with a power of two as length, then one with a plain length. */
function readNew(bytes: Uint8Array, at: number, first: number): Packet | null {
  const parts: Uint8Array[] = [];
  for (let next = at + 1; next < bytes.length;) {
    const { length, start, more } = readLength(bytes, next);
    next = start + length;
    if (next > bytes.length) return null;
    parts.push(bytes.subarray(start, next));
    if (!more) return { tag: first & 63, body: concat(...parts), end: next };
  }
  return null;
}

function readLength(bytes: Uint8Array, at: number): Length {
  const first = bytes[at] ?? 0;
  if (first < 192) return { length: first, start: at + 1, more: false };
  if (first < 224) return { length: bigEndian(bytes, at, 2) - 0xc000 + 192, start: at + 2, more: false };
  if (first < 255) return { length: 2 ** (first & 31), start: at + 1, more: true };
  return { length: bigEndian(bytes, at + 1, 4), start: at + 5, more: false };
}

function bigEndian(bytes: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (let i = 0; i < size; i++) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
}
