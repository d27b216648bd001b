import type { BitReader } from "./bit-reader.ts";

/** BZip2 allows codes of 1 to 20 bits. */
export const MAX_CODE_BITS = 20;

/** A canonical Huffman code: shorter codes are smaller numbers, equal ones count up in the order of their symbols. */
export interface Huffman {
  readonly counts: readonly number[];
  /** Symbols by the length of their code, then by number. */
  readonly symbols: readonly number[];
}

/** From the length of the code of each symbol. */
export function huffman(lengths: readonly number[]): Huffman {
  const symbols = lengths.map((_, symbol) => symbol);
  symbols.sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0) || a - b);
  const counts = new Array<number>(MAX_CODE_BITS + 1).fill(0);
  for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1;
  return { counts, symbols };
}

/** The next symbol. Throws RangeError where no code begins so. */
export function readSymbol(reader: BitReader, { counts, symbols }: Huffman): number {
  let code = 0;
  let first = 0;
  let index = 0;
  for (let length = 1; length <= MAX_CODE_BITS; length++) {
    code = code * 2 + reader.bit();
    const count = counts[length] ?? 0;
    const symbol = symbols[index + code - first];
    if (code - first < count && symbol !== undefined) return symbol;
    index += count;
    first = (first + count) * 2;
  }
  throw new RangeError("not a code");
}
