import { concat, fromByteString, toByteString } from "../../../core/base/bytes.ts";

/** Reads what SSH writes (RFC 4251 section 5): 32-bit lengths, the highest byte first. Throws RangeError at the end. */
export class WireReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  uint32(): number {
    return new DataView(Uint8Array.from(this.#take(4)).buffer).getUint32(0);
  }

  string(): Uint8Array {
    return this.#take(this.uint32());
  }

  text(): string {
    return toByteString(this.string());
  }

  /** A positive integer, without the zero byte that keeps its sign. */
  integer(): Uint8Array {
    const bytes = this.string();
    let start = 0;
    while (bytes[start] === 0) start++;
    return bytes.subarray(start);
  }

  rest(): Uint8Array {
    return this.#take(this.#bytes.length - this.#at);
  }

  #take(length: number): Uint8Array {
    if (this.#at + length > this.#bytes.length) throw new RangeError("cut off");
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}

/** Strings with their lengths before them. */
export function wireStrings(...strings: readonly (Uint8Array | string)[]): Uint8Array {
  const parts = strings.map((s) => (typeof s === "string" ? fromByteString(s) : s));
  return concat(...parts.flatMap((bytes) => [uint32(bytes.length), bytes]));
}

/** A positive integer of the highest byte first, with a zero byte where it would look negative. */
export function wireInteger(bytes: Uint8Array): Uint8Array {
  return (bytes[0] ?? 0) < 0x80 ? bytes : concat(new Uint8Array(1), bytes);
}

export function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}
