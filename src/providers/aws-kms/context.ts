import { SopsError } from "../../core/base/errors.ts";

/** Names and values that AWS KMS binds to a ciphertext: it decrypts only where the same ones are given. */
export type EncryptionContext = Readonly<Record<string, string>>;

/**
 * The text form, `k1:v1,k2:v2`; undefined for an empty one. Nothing is trimmed. Throws BAD_ENCRYPTION_CONTEXT where a
 * part does not have exactly one colon: SOPS drops the whole context then, some commands with no more than a warning.
 */
export function parseContext(text: string): EncryptionContext | undefined {
  if (text === "") return undefined;
  const pairs = text.split(",").map((part) => part.split(":"));
  if (pairs.every(isPair)) return Object.fromEntries(pairs);
  throw new SopsError("BAD_ENCRYPTION_CONTEXT", `not an encryption context: ${JSON.stringify(text)}`, {
    hint: "write it as name:value,name:value, with one colon in each part",
  });
}

function isPair(parts: readonly string[]): parts is [string, string] {
  return parts.length === 2;
}

/** The same text again, sorted by name; empty for none. */
export function contextText(context: EncryptionContext): string {
  const names = Object.keys(context).sort();
  return names.map((name) => `${name}:${context[name] ?? ""}`).join(",");
}
