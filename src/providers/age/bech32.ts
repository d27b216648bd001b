import { concat, utf8 } from "../../core/base/bytes.ts";

const CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
/** The checksum's generator polynomial over GF(32), one row for each bit that is shifted out. */
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
const CHECKSUM_LENGTH = 6;

export interface Bech32 {
  /** The human-readable part, in lower case. */
  readonly prefix: string;
  readonly bytes: Uint8Array;
}

/** Bytes to bech32 (BIP 173) in lower case, without its 90-character limit, as age does. */
export function encodeBech32(prefix: string, bytes: Uint8Array): string {
  const words = regroup(bytes, 8, 5, true) ?? new Uint8Array();
  const sum = polymod(concat(expand(prefix), words, new Uint8Array(CHECKSUM_LENGTH))) ^ 1;
  let text = `${prefix}1`;
  for (const word of words) text += CHARSET.charAt(word);
  for (let i = 0; i < CHECKSUM_LENGTH; i++) text += CHARSET.charAt((sum >>> (5 * (5 - i))) & 31);
  return text;
}

/** Null where the text is not bech32: mixed case, a bad character, a bad checksum, bits left over. */
export function decodeBech32(text: string): Bech32 | null {
  const lower = text.toLowerCase();
  if (text !== lower && text !== text.toUpperCase()) return null;
  const separator = lower.lastIndexOf("1");
  if (separator < 1 || lower.length - separator - 1 < CHECKSUM_LENGTH) return null;
  const prefix = lower.slice(0, separator);
  const words = new Uint8Array(lower.length - separator - 1);
  for (let i = 0; i < words.length; i++) {
    const digit = CHARSET.indexOf(lower.charAt(separator + 1 + i));
    if (digit < 0) return null;
    words[i] = digit;
  }
  if (polymod(concat(expand(prefix), words)) !== 1) return null;
  const bytes = regroup(words.subarray(0, -CHECKSUM_LENGTH), 5, 8, false);
  return bytes === null ? null : { prefix, bytes };
}

/** The prefix as the checksum sees it: the high bits of each character, a zero, the low bits of each. */
function expand(prefix: string): Uint8Array {
  const codes = utf8(prefix);
  const zero = new Uint8Array(1);
  return concat(
    codes.map((c) => c >> 5),
    zero,
    codes.map((c) => c & 31),
  );
}

function polymod(words: Uint8Array): number {
  let sum = 1;
  for (const word of words) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ word;
    for (let i = 0; i < 5; i++) if (((top >>> i) & 1) === 1) sum ^= GENERATOR[i] ?? 0;
  }
  return sum;
}

/** Groups of `from` bits to groups of `to` bits. Unpadded, what is left over must be short and zero; else null. */
function regroup(input: Uint8Array, from: number, to: number, pad: boolean): Uint8Array | null {
  const out: number[] = [];
  let buffer = 0;
  let bits = 0;
  for (const value of input) {
    buffer = ((buffer << from) | value) & 0xfff;
    bits += from;
    for (; bits >= to; bits -= to) out.push((buffer >>> (bits - to)) & ((1 << to) - 1));
  }
  const rest = (buffer << (to - bits)) & ((1 << to) - 1);
  if (pad && bits > 0) out.push(rest);
  if (!pad && (bits >= from || rest !== 0)) return null;
  return new Uint8Array(out);
}
