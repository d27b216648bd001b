import { KEY_TYPES, type KeyRef, type KeyType } from "../../core/keys/key.ts";
import { bytesOf, decodeFields, encodeFields, type Field, textField, textOf } from "./protobuf.ts";

/**
 * The messages of SOPS' key service (format.md 11). A key's message has our metadata fields, numbered from 1
 * in this order; `at` is the number of that message among the kinds of key.
 */
const KEYS: Readonly<Record<KeyType, { readonly at: number; readonly fields: readonly string[] }>> = {
  kms: { at: 1, fields: ["arn", "role", "context", "aws_profile"] },
  pgp: { at: 2, fields: ["fp"] },
  gcp_kms: { at: 3, fields: ["resource_id"] },
  azure_kv: { at: 4, fields: ["vault_url", "name", "version"] },
  hc_vault: { at: 5, fields: ["vault_address", "engine_path", "key_name"] },
  age: { at: 6, fields: ["recipient"] },
  hckms: { at: 7, fields: ["key_id"] },
};

/** The only field that is a map of texts: a list of messages with key 1 and value 2. */
const MAP = "context";

/** EncryptRequest and DecryptRequest are alike: `payload` is the data key, or the `enc` text in bytes. */
export interface Request {
  /** Null where it names none, or one of a kind that is not known here. */
  readonly key: KeyRef | null;
  readonly payload: Uint8Array;
}

export function encodeRequest(key: KeyRef, payload: Uint8Array): Uint8Array {
  const { at } = KEYS[key.type];
  const whole = encodeFields([[at, encodeKey(key)]]);
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

function encodeKey({ type, fields }: KeyRef): Uint8Array {
  return encodeFields(
    KEYS[type].fields.flatMap((name, i): readonly Field[] => {
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
  const type = found && typeAt(found[0]);
  if (found === undefined || type === undefined) return null;
  const of = decodeFields(found[1]);
  const fields = KEYS[type].fields.map((name, i) => [
    name,
    name === MAP ? textsOf(of, i + 1) : textOf(of, i + 1),
  ]);
  return { type, fields: Object.fromEntries(fields) as KeyRef["fields"] };
}

const typeAt = (number: number): KeyType | undefined => KEY_TYPES.find((type) => KEYS[type].at === number);

function textsOf(fields: readonly Field[], number: number): Record<string, string> {
  const pairs = fields.filter(([n]) => n === number).map(([, value]) => decodeFields(value));
  return Object.fromEntries(pairs.map((pair) => [textOf(pair, 1), textOf(pair, 2)]));
}
