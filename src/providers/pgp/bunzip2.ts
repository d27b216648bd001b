import { BitReader } from "./bit-reader.ts";
import { huffman, MAX_CODE_BITS, readSymbol, type Huffman } from "./huffman.ts";
import { isErrorNamed } from "../../core/base/realm.ts";

/** The digits of pi that begin a block, and those of its square root that end the stream. */
const BLOCK = 0x314159265359;
const END = 0x177245385090;
/** Symbols that one Huffman table decodes before the next selector counts. */
const GROUP = 50;

/**
 * Undoes BZip2 for short data: no runtime has it built in, and OpenPGP keys may prefer it. Null where the data is damaged
 * or makes more than `limit` bytes. Checksums are not looked at: what encloses the data is authenticated.
 */
export function bunzip2(bytes: Uint8Array, limit: number): Uint8Array | null {
  const reader = new BitReader(bytes);
  const out: number[] = [];
  try {
    if (reader.bits(24) !== 0x425a68) return null; // "BZh"
    reader.bits(8); // its block size
    for (;;) {
      const magic = reader.bits(48);
      if (magic === END) return Uint8Array.from(out);
      if (magic !== BLOCK) return null;
      expandRuns(readBlock(reader, limit), out, limit);
    }
  } catch (error) {
    if (isErrorNamed(error, "RangeError")) return null;
    throw error;
  }
}

/** One block before its runs are expanded. Throws RangeError on damage. */
function readBlock(reader: BitReader, limit: number): Uint8Array {
  reader.bits(32); // checksum
  if (reader.bit() === 1) throw new RangeError("randomised, which no writer of this century is");
  const origin = reader.bits(24);
  const alphabet = readAlphabet(reader);
  const tableCount = reader.bits(3);
  const selectors = readSelectors(reader, tableCount);
  const tables = Array.from({ length: tableCount }, () => readTable(reader, alphabet.length + 2));
  const last = readMoved(reader, alphabet, selectors, tables, 2 * limit);
  return unsort(last, origin);
}

/** Which byte values there are: 16 bits say which sixteens, then 16 bits for each of those. */
function readAlphabet(reader: BitReader): number[] {
  const sixteens = reader.bits(16);
  const values: number[] = [];
  for (let high = 0; high < 16; high++) {
    if ((sixteens & (0x8000 >> high)) === 0) continue;
    const used = reader.bits(16);
    for (let low = 0; low < 16; low++) if ((used & (0x8000 >> low)) !== 0) values.push(high * 16 + low);
  }
  return values;
}

/** The number of the table for each group of symbols, moved to the front. */
function readSelectors(reader: BitReader, tableCount: number): number[] {
  const order = Array.from({ length: tableCount }, (_, i) => i);
  return Array.from({ length: reader.bits(15) }, () => toFront(order, reader.ones(tableCount - 1)));
}

/** Code lengths, each as the difference to the one before: 0 this, 10 one more, 11 one less. */
function readTable(reader: BitReader, symbols: number): Huffman {
  let length = reader.bits(5);
  const lengths = Array.from({ length: symbols }, () => {
    while (reader.bit() === 1) length += reader.bit() === 0 ? 1 : -1;
    if (length < 1 || length > MAX_CODE_BITS) throw new RangeError("bad code length");
    return length;
  });
  return huffman(lengths);
}

/** Symbols 0 and 1 are digits of a run of the front value, the last one ends the block, the others move to the front. */
function readMoved(
  reader: BitReader,
  alphabet: number[],
  selectors: readonly number[],
  tables: readonly Huffman[],
  limit: number,
): number[] {
  const end = alphabet.length + 1;
  const out: number[] = [];
  let run = 0;
  let weight = 1;
  for (let count = 0; ; count++) {
    const table = tables[selectors[Math.floor(count / GROUP)] ?? -1];
    if (table === undefined) throw new RangeError("no table");
    const symbol = readSymbol(reader, table);
    if (symbol <= 1) {
      run += weight * (symbol + 1);
      weight *= 2;
    }
    if (out.length + run > limit) throw new RangeError("too long");
    if (symbol <= 1) continue;
    for (; run > 0; run--) out.push(alphabet[0] ?? 0);
    weight = 1;
    if (symbol === end) return out;
    out.push(toFront(alphabet, symbol - 1));
  }
}

function toFront(order: number[], at: number): number {
  const [value] = order.splice(at, 1);
  if (value === undefined) throw new RangeError("no such place");
  order.unshift(value);
  return value;
}

/** The inverse of the Burrows-Wheeler transform: `last` is the last column of all sorted rotations. */
function unsort(last: readonly number[], origin: number): Uint8Array {
  if (origin >= last.length) throw new RangeError("no such row");
  const rows = last.map((_, i) => i).sort((a, b) => (last[a] ?? 0) - (last[b] ?? 0) || a - b);
  const out = new Uint8Array(last.length);
  let row = rows[origin] ?? 0;
  for (let i = 0; i < out.length; i++) {
    out[i] = last[row] ?? 0;
    row = rows[row] ?? 0;
  }
  return out;
}

/** Four equal bytes are followed by how many more of them there are. */
function expandRuns(block: Uint8Array, out: number[], limit: number): void {
  let equal = 0;
  let previous = -1;
  for (const byte of block) {
    const more = equal === 4 ? byte : 1;
    if (out.length + more > limit) throw new RangeError("too long");
    if (equal === 4) {
      for (let i = 0; i < more; i++) out.push(previous);
      equal = 0;
      previous = -1;
      continue;
    }
    equal = byte === previous ? equal + 1 : 1;
    previous = byte;
    out.push(byte);
  }
}
