/** Reads bits, the most significant first. Throws RangeError past the end. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  bit(): number {
    const byte = this.#bytes[this.#at >> 3];
    if (byte === undefined) throw new RangeError("no more bits");
    return (byte >> (7 - (this.#at++ & 7))) & 1;
  }

  /** At most 48 bits. */
  bits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) value = value * 2 + this.bit();
    return value;
  }

  /** How many ones stand before the next zero; more than `most` is damage. */
  ones(most: number): number {
    let count = 0;
    while (this.bit() === 1) if (++count > most) throw new RangeError("too many ones");
    return count;
  }
}
