import { concat, fromBase64, toBase64, tryFromUtf8, utf8 } from "./bytes.ts";
import { SopsError } from "./errors.ts";
import { looseBytes, looseText } from "./loose-text.ts";
import { plaintextText } from "./number.ts";
import { normaliseTime } from "./time.ts";
import type { Aead } from "./runtime.ts";
import type { Scalar } from "./tree.ts";

const PREFIX = "ENC[AES256_GCM,data:";
/** Bytes of a GCM tag. */
const TAG_BYTES = 16;

/** The bytes of a leaf that are encrypted and hashed (spec section 2.2). */
export function plaintextOf(value: Scalar): Uint8Array {
  return value.kind === "bytes" ? value.value : utf8(plaintextText(value));
}

/** A value and where it stands: keys joined by colons, one at the end (spec section 2.4). */
export function aadOf(path: readonly string[]): Uint8Array {
  return looseBytes(path.join(":") + ":");
}

/** `plaintext` to `ENC[AES256_GCM,data:...,iv:...,tag:...,type:...]`. Empty strings are the caller's: they stay empty. */
export function sealText(
  aead: Aead,
  iv: Uint8Array,
  plaintext: Uint8Array,
  aad: Uint8Array,
  type: string,
): string {
  const sealed = aead.seal(iv, plaintext, aad);
  const cut = sealed.length - TAG_BYTES;
  const data = toBase64(sealed.subarray(0, cut));
  return `${PREFIX}${data},iv:${toBase64(iv)},tag:${toBase64(sealed.subarray(cut))},type:${type}]`;
}

interface Parts {
  readonly data: Uint8Array;
  readonly iv: Uint8Array;
  readonly tag: Uint8Array;
  readonly type: string;
}

/**
 * Does the text read as an encrypted value? As lenient as SOPS: anchored at the start only, each part greedy and on
 * one line, what follows the last `]` ignored (spec section 2.1).
 */
export function isEncText(text: string): boolean {
  return split(text) !== null;
}

/** The four parts of an encrypted value; null where the text is none, or a part is not strict base64. */
export function parseEnc(text: string): Parts | null {
  const parts = split(text);
  if (parts === null) return null;
  const data = fromBase64(parts[0]);
  const iv = fromBase64(parts[1]);
  const tag = fromBase64(parts[2]);
  return data === null || iv === null || tag === null ? null : { data, iv, tag, type: parts[3] };
}

/** What greedy `data:(.+),iv:(.+),tag:(.+),type:(.+)\]` matches, found from the right instead of by backtracking. */
function split(text: string): readonly [string, string, string, string] | null {
  if (!text.startsWith(PREFIX)) return null;
  const lineEnd = text.indexOf("\n");
  const line = lineEnd < 0 ? text : text.slice(0, lineEnd);
  const end = line.lastIndexOf("]");
  const type = lastPart(line, ",type:", end);
  const tag = type && lastPart(line, ",tag:", type.start);
  const iv = tag && lastPart(line, ",iv:", tag.start);
  if (!type || !tag || !iv || iv.start <= PREFIX.length) return null;
  return [line.slice(PREFIX.length, iv.start), iv.text, tag.text, type.text];
}

/** The last `label` before `end` that has at least one character behind it. */
function lastPart(line: string, label: string, end: number): { start: number; text: string } | null {
  const start = line.lastIndexOf(label, end - label.length - 1);
  return start < 0 ? null : { start, text: line.slice(start + label.length, end) };
}

export type Opened =
  { readonly kind: "value"; readonly value: Scalar } | { readonly kind: "comment"; readonly text: string };

const EMPTY: Opened = { kind: "value", value: { kind: "str", value: "" } };

/**
 * Opens an encrypted value. The empty text is the empty string. Throws VALUE_NOT_ENCRYPTED for other text,
 * DECRYPT_VALUE where it does not verify under this key and AAD, BAD_VALUE for a plaintext that is not of its type.
 */
export function openText(aead: Aead, text: string, aad: Uint8Array): Opened {
  if (text === "") return EMPTY;
  const parts = parseEnc(text);
  if (parts === null) throw notEncrypted(text);
  const { data, iv, tag, type } = parts;
  // An empty IV or a tag of another length is refused by the cipher itself, with an error of its own kind.
  const plaintext = iv.length > 0 && tag.length === TAG_BYTES ? aead.open(iv, concat(data, tag), aad) : null;
  if (plaintext === null)
    throw new SopsError("DECRYPT_VALUE", "this value does not decrypt with the file's data key", {
      hint: "it was changed, or moved here from another key or file: restore the line from git",
    });
  return typed(plaintext, type);
}

function notEncrypted(text: string): SopsError {
  const what = text.startsWith("ENC[")
    ? "this encrypted value is damaged"
    : "this value should be encrypted, but is not";
  return new SopsError("VALUE_NOT_ENCRYPTED", what, {
    hint: "restore the line from git, or take it out and add it again with enc edit or enc set",
  });
}

const TRUE = new Set(["1", "t", "T", "TRUE", "true", "True"]);
const FALSE = new Set(["0", "f", "F", "FALSE", "false", "False"]);

function typed(plaintext: Uint8Array, type: string): Opened {
  if (type === "bytes") return { kind: "value", value: { kind: "bytes", value: plaintext } };
  if (type === "comment") return { kind: "comment", text: looseText(plaintext) };
  const text = tryFromUtf8(plaintext);
  if (type === "str")
    return {
      kind: "value",
      value: text === null ? { kind: "bytes", value: plaintext } : { kind: "str", value: text },
    };
  const value = text === null ? null : scalarOf(text, type);
  if (value !== null) return { kind: "value", value };
  throw new SopsError("BAD_VALUE", `the decrypted value is not of its type ${type}`, {
    hint: "the type in the ENC text was changed: restore the line from git",
  });
}

/** As Go's Atoi, ParseFloat, ParseBool and RFC 3339 read it (spec section 2.2); null: not of this type. */
function scalarOf(text: string, type: string): Scalar | null {
  if (type === "int") return parseInt64(text);
  if (type === "float") return parseGoFloat(text);
  if (type === "bool")
    return TRUE.has(text) || FALSE.has(text) ? { kind: "bool", value: TRUE.has(text) } : null;
  const time = type === "time" ? normaliseTime(text) : null;
  return time === null ? null : { kind: "time", value: time };
}

function parseInt64(text: string): Scalar | null {
  if (!/^[+-]?\d+$/.test(text)) return null;
  const value = BigInt(text.startsWith("+") ? text.slice(1) : text);
  return BigInt.asIntN(64, value) === value ? { kind: "int", value } : null;
}

function parseGoFloat(text: string): Scalar | null {
  const named = /^([+-]?)(?:inf|infinity)$/i.exec(text);
  if (named !== null) return { kind: "float", value: named[1] === "-" ? -Infinity : Infinity };
  if (/^nan$/i.test(text)) return { kind: "float", value: NaN };
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) return null;
  const value = Number(text);
  return Number.isFinite(value) ? { kind: "float", value } : null;
}
