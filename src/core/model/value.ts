import { concat, tryFromUtf8, utf8 } from "../base/bytes.ts";
import { parseEnc, TAG_BYTES } from "./enc-text.ts";
import { SopsError } from "../base/errors.ts";
import { looseText } from "../base/loose-text.ts";
import { plaintextText } from "./number.ts";
import { normaliseTime } from "../base/time.ts";
import type { Aead } from "../ports/runtime.ts";
import type { Scalar } from "./tree.ts";

/** The bytes of a leaf that are encrypted and hashed (format.md 2.2). */
export function plaintextOf(value: Scalar): Uint8Array {
  return value.kind === "bytes" ? value.value : utf8(plaintextText(value));
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

/** As Go's Atoi, ParseFloat, ParseBool and RFC 3339 read it (format.md 2.2); null: not of this type. */
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
