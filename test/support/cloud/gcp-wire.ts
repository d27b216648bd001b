import { Buffer } from "node:buffer";

/** The protobuf fields that these fakes read and write are all strings, bytes or booleans below field number 16. */
const LENGTH_DELIMITED = 2;

/** The string and bytes fields of a message, by number. Others are skipped. */
export function readMessage(message: Buffer): ReadonlyMap<number, Buffer> {
  const fields = new Map<number, Buffer>();
  for (let at = 0; at < message.length;) {
    const [tag, afterTag] = readVarint(message, at);
    const [value, afterValue] = readVarint(message, afterTag);
    const isBytes = (tag & 7) === LENGTH_DELIMITED;
    if (isBytes) fields.set(tag >> 3, message.subarray(afterValue, afterValue + value));
    at = isBytes ? afterValue + value : afterValue;
  }
  return fields;
}

/** A message of string and bytes fields, and of varints. */
export function writeMessage(...fields: readonly (readonly [number, Buffer | string | number])[]): Buffer {
  const parts = fields.map(([number, value]) => {
    if (typeof value === "number") return Buffer.concat([varint(number << 3), varint(value)]);
    const bytes = Buffer.from(value);
    return Buffer.concat([varint((number << 3) | LENGTH_DELIMITED), varint(bytes.length), bytes]);
  });
  return Buffer.concat(parts);
}

function readVarint(bytes: Buffer, at: number): readonly [value: number, next: number] {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++] ?? 0;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [value, at];
  }
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 0x80);
  }
}

/** A gRPC message: not compressed (one byte), its length (four bytes), its bytes. */
export function frame(message: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

export const unframe = (framed: Buffer): Buffer => framed.subarray(5, 5 + framed.readUInt32BE(1));
