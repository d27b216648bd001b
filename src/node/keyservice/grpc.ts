import { concat, toHex, utf8 } from "../../core/base/bytes.ts";
import { isBytes } from "../../core/base/realm.ts";

/** What client and server share of gRPC over HTTP/2. https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md */
export const METHODS = { encrypt: "/KeyService/Encrypt", decrypt: "/KeyService/Decrypt" } as const;
export type Method = keyof typeof METHODS;

export const CONTENT_TYPE = "application/grpc";

/** The status codes that are used here, by their names in gRPC. */
export const STATUS = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  UNAUTHENTICATED: 16,
} as const;

/** A call that failed, as its trailers say it. */
export class StatusError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Bytes of a message: some hundred times those of the largest wrapped key. Beyond, a peer only wants our memory. */
export const LONGEST_MESSAGE = 1024 * 1024;

const UNCOMPRESSED = 0;
/** One byte that says whether it is compressed, four of length. */
const PREFIX = 5;

export function frame(message: Uint8Array): Uint8Array {
  const prefix = new Uint8Array(PREFIX);
  new DataView(prefix.buffer).setUint32(1, message.length);
  return concat(prefix, message);
}

/** The one message of a unary call. Throws StatusError where there is none, more than one, or a compressed one. */
export function unframe(bytes: Uint8Array): Uint8Array {
  if (bytes.length < PREFIX) throw new StatusError(STATUS.INTERNAL, "there is no message");
  if (bytes[0] !== UNCOMPRESSED) throw new StatusError(STATUS.UNIMPLEMENTED, "the message is compressed");
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(1);
  if (bytes.length !== PREFIX + length)
    throw new StatusError(STATUS.INTERNAL, "the message does not have the length that it says");
  return bytes.subarray(PREFIX);
}

/** All of a stream. Throws StatusError where it is longer than a message may be. */
export async function readWhole(stream: AsyncIterable<unknown>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    if (!isBytes(chunk)) continue;
    length += chunk.length;
    if (length > PREFIX + LONGEST_MESSAGE)
      throw new StatusError(STATUS.RESOURCE_EXHAUSTED, "the message is too long");
    chunks.push(chunk);
  }
  return concat(...chunks);
}

/** `grpc-message`: UTF-8 with all but printable ASCII, and `%` itself, percent-encoded. */
export function encodeStatusText(text: string): string {
  return text.replace(/[^ -$&-~]/gu, (c) => toHex(utf8(c)).replace(/../g, (hex) => `%${hex.toUpperCase()}`));
}

/** What does not decode is shown as it came. */
export function decodeStatusText(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const UNITS: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1000,
  m: 1,
  u: 1e-3,
  n: 1e-6,
};

/** Milliseconds of a `grpc-timeout` header; undefined where there is none that can be read. */
export function timeoutOf(header: unknown): number | undefined {
  const [, digits, unit] = /^(\d{1,8})([HMSmun])$/.exec(typeof header === "string" ? header : "") ?? [];
  const factor = unit === undefined ? undefined : UNITS[unit];
  return digits === undefined || factor === undefined ? undefined : Math.ceil(Number(digits) * factor);
}
