import { concat, tryFromUtf8, utf8 } from "../../core/base/bytes.ts";

/**
 * Protocol Buffers (version 3) as far as the key service needs it: every field of its messages is a text, bytes or
 * another message, and so of wire type 2. https://protobuf.dev/programming-guides/encoding/
 */
export type Field = readonly [number: number, value: Uint8Array];

/** The bytes are no message, or not one of ours. */
export class MalformedMessage extends Error {}

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** Fields in the order given. An empty message stays: it says which key type is meant. */
export function encodeFields(fields: readonly Field[]): Uint8Array {
  const parts = fields.flatMap(([number, value]) => [
    varint((number << 3) | LENGTH_DELIMITED),
    varint(value.length),
    value,
  ]);
  return concat(...parts);
}

/** A text, which is left out where it is empty. */
export function textField(number: number, text: string): readonly Field[] {
  return text === "" ? [] : [[number, utf8(text)]];
}

/** The length-delimited fields of a message; others, of newer versions, are skipped. Throws MalformedMessage. */
export function decodeFields(bytes: Uint8Array): readonly Field[] {
  const fields: Field[] = [];
  const reader = new Reader(bytes);
  while (!reader.done) {
    const tag = reader.varint();
    const number = Math.floor(tag / 8);
    const type = tag % 8;
    if (number === 0) throw new MalformedMessage("field 0");
    if (type === LENGTH_DELIMITED) fields.push([number, reader.take(reader.varint())]);
    else if (type === VARINT) reader.varint();
    else if (type === FIXED64) reader.take(8);
    else if (type === FIXED32) reader.take(4);
    else throw new MalformedMessage(`wire type ${String(type)}`);
  }
  return fields;
}

/** The field's bytes; of several the last counts. */
export function bytesOf(fields: readonly Field[], number: number): Uint8Array | undefined {
  return fields.findLast(([n]) => n === number)?.[1];
}

/** The field's text, empty where it is absent. Throws MalformedMessage where it is not UTF-8. */
export function textOf(fields: readonly Field[], number: number): string {
  const text = tryFromUtf8(bytesOf(fields, number) ?? new Uint8Array());
  if (text === null) throw new MalformedMessage("text that is not UTF-8");
  return text;
}

/** Seven bits a byte, the lowest first; lengths and tags only, so that 32 bits are enough. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let left = value;
  while (left > 0x7f) {
    bytes.push((left & 0x7f) | 0x80);
    left >>>= 7;
  }
  return Uint8Array.of(...bytes, left);
}

/** A varint has at most 10 bytes. */
const VARINT_BYTES = 10;

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** What exceeds 2^53 loses its low bits, and is longer than any message. */
  varint(): number {
    let value = 0;
    for (let i = 0; i < VARINT_BYTES; i++) {
      const [byte = 0] = this.take(1);
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return value;
    }
    throw new MalformedMessage("a number without an end");
  }

  take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new MalformedMessage("cut off");
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}
