import { base64Length, fromBase64, putBase64, toBase64 } from "../base/base64.ts";
import type { Aead } from "../ports/runtime.ts";

const PREFIX = "ENC[AES256_GCM,data:";
const IV = ",iv:";
const TAG = ",tag:";
const TYPE = ",type:";
/** Bytes of a GCM tag. */
export const TAG_BYTES = 16;

/** `plaintext` to `ENC[AES256_GCM,data:...,iv:...,tag:...,type:...]`. Empty strings are the caller's: they stay empty. */
export function sealText(
  aead: Aead,
  iv: Uint8Array,
  plaintext: Uint8Array,
  aad: Uint8Array,
  type: string,
): string {
  const sealed = aead.seal(iv, plaintext, aad);
  return sealed.length > SHORT ? joined(sealed, iv, type) : flat(sealed, iv, type);
}

/** Bytes of ciphertext and tag up to which the text is made in one go: a call takes only so many arguments. */
const SHORT = 6144;

function joined(sealed: Uint8Array, iv: Uint8Array, type: string): string {
  const cut = sealed.length - TAG_BYTES;
  const data = toBase64(sealed.subarray(0, cut));
  return `${PREFIX}${data}${IV}${toBase64(iv)}${TAG}${toBase64(sealed.subarray(cut))}${TYPE}${type}]`;
}

/** The same text, made at once: joined strings would each be copied once more when the file is put together. */
function flat(sealed: Uint8Array, iv: Uint8Array, type: string): string {
  const cut = sealed.length - TAG_BYTES;
  const labels = PREFIX.length + IV.length + TAG.length + TYPE.length + type.length + 1;
  const codes = new Array<number>(
    labels + base64Length(cut) + base64Length(iv.length) + base64Length(TAG_BYTES),
  );
  let at = put(codes, 0, PREFIX);
  at = putBase64(codes, at, sealed, 0, cut);
  at = putBase64(codes, put(codes, at, IV), iv, 0, iv.length);
  at = putBase64(codes, put(codes, at, TAG), sealed, cut, sealed.length);
  put(codes, put(codes, put(codes, at, TYPE), type), "]");
  return String.fromCharCode.apply(null, codes);
}

function put(codes: number[], at: number, text: string): number {
  for (let i = 0; i < text.length; i++) codes[at++] = text.charCodeAt(i);
  return at;
}

interface Parts {
  readonly data: Uint8Array;
  readonly iv: Uint8Array;
  readonly tag: Uint8Array;
  readonly type: string;
}

/**
 * Does the text read as an encrypted value? As lenient as SOPS: anchored at the start only, each part greedy and on
 * one line, what follows the last `]` ignored (format.md 2.1).
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
  const type = lastPart(line, TYPE, end);
  const tag = type && lastPart(line, TAG, type.start);
  const iv = tag && lastPart(line, IV, tag.start);
  if (!type || !tag || !iv || iv.start <= PREFIX.length) return null;
  return [line.slice(PREFIX.length, iv.start), iv.text, tag.text, type.text];
}

/** The last `label` before `end` that has at least one character behind it. */
function lastPart(line: string, label: string, end: number): { start: number; text: string } | null {
  const start = line.lastIndexOf(label, end - label.length - 1);
  return start < 0 ? null : { start, text: line.slice(start + label.length, end) };
}
