import type { KeyRef } from "../../core/keys/key.ts";
import { KEY_TYPES, keyTypeOf, type KnownKeyType } from "../../key-types/index.ts";
import { bytesOf, decodeFields, encodeFields, type Field, textField, textOf } from "./protobuf.ts";

// The messages of SOPS' key service (format.md 11); each key type knows that of its keys.

/** EncryptRequest and DecryptRequest are alike: `payload` is the data key, or the `enc` text in bytes. */
export interface Request {
  /** Null where it names none, or one of a kind that is not known here. */
  readonly key: KeyRef | null;
  readonly payload: Uint8Array;
}

export function encodeRequest(key: KeyRef, payload: Uint8Array): Uint8Array {
  const { number } = keyTypeOf(key.type).service;
  const whole = encodeFields([[number, encodeKey(key)]]);
  return encodeFields([[1, whole], ...payloadField(2, payload)]);
}

/** Throws MalformedMessage. */
export function decodeRequest(bytes: Uint8Array): Request {
  const fields = decodeFields(bytes);
  const key = bytesOf(fields, 1);
  return {
    key: key === undefined ? null : decodeKey(key),
    payload: bytesOf(fields, 2) ?? new Uint8Array(),
  };
}

/** Both responses: the `enc` text in bytes, or the data key. */
export function encodeResponse(payload: Uint8Array): Uint8Array {
  return encodeFields(payloadField(1, payload));
}

/** Throws MalformedMessage. */
export function decodeResponse(bytes: Uint8Array): Uint8Array {
  return bytesOf(decodeFields(bytes), 1) ?? new Uint8Array();
}

function payloadField(number: number, payload: Uint8Array): readonly Field[] {
  return payload.length === 0 ? [] : [[number, payload]];
}

/** A map of texts is a list of messages with key 1 and value 2. */
function encodeKey({ type, fields }: KeyRef): Uint8Array {
  return encodeFields(
    keyTypeOf(type).service.fields.flatMap((name, i): readonly Field[] => {
      const value = fields[name] ?? "";
      if (typeof value === "string") return textField(i + 1, value);
      return Object.entries(value).map(([k, v]) => [
        i + 1,
        encodeFields([...textField(1, k), ...textField(2, v)]),
      ]);
    }),
  );
}

/** Of several kinds the last counts, as protobuf has it. */
function decodeKey(bytes: Uint8Array): KeyRef | null {
  const found = decodeFields(bytes).findLast(([number]) => typeAt(number) !== undefined);
  const record = found && typeAt(found[0]);
  if (found === undefined || record === undefined) return null;
  const of = decodeFields(found[1]);
  const { type, service, metadata } = record;
  const fields = service.fields.map((name, i) => [
    name,
    metadata.maps?.includes(name) === true ? textsOf(of, i + 1) : textOf(of, i + 1),
  ]);
  return { type, fields: Object.fromEntries(fields) as KeyRef["fields"] };
}

const typeAt = (number: number): KnownKeyType | undefined =>
  KEY_TYPES.find(({ service }) => service.number === number);

function textsOf(fields: readonly Field[], number: number): Record<string, string> {
  const pairs = fields.filter(([n]) => n === number).map(([, value]) => decodeFields(value));
  return Object.fromEntries(pairs.map((pair) => [textOf(pair, 1), textOf(pair, 2)]));
}
