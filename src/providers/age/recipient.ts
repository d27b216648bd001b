import { SopsError } from "../../core/base/errors.ts";
import { fromBase64 } from "../../core/base/base64.ts";
import { toByteString } from "../../core/base/bytes.ts";
import { decodeBech32 } from "./bech32.ts";
import { pluginOfRecipient } from "./plugin/name.ts";
import { parseX25519Recipient } from "./x25519.ts";

/** format.md 11. */
export type RecipientKind = "x25519" | "hybrid" | "plugin" | "ssh";

/** An ML-KEM-768 encapsulation key (1184 bytes) and an X25519 point. */
const HYBRID_BYTES = 1216;

const KIND_NAMES: Readonly<Record<RecipientKind, string>> = {
  x25519: "an X25519",
  hybrid: "a post-quantum",
  plugin: "a plugin",
  ssh: "an SSH",
};

/** By its prefix alone, as SOPS tells them apart; null for anything else. */
export function kindOfRecipient(text: string): RecipientKind | null {
  if (text.startsWith("age1pq1")) return "hybrid";
  if (text.startsWith("age1")) return text.includes("1", "age1".length) ? "plugin" : "x25519";
  return text.startsWith("ssh-") ? "ssh" : null;
}

/** A recipient from a config or a flag, trimmed and checked. Throws BAD_RECIPIENT. */
export function checkRecipient(text: string): string {
  const recipient = text.trim();
  const kind = kindOfRecipient(recipient);
  if (kind === null) throw unknownRecipient(recipient);
  if (isWellFormed(recipient, kind)) return recipient;
  throw new SopsError("BAD_RECIPIENT", `not ${KIND_NAMES[kind]} recipient: ${shorten(recipient)}`, {
    hint: "copy the whole public key again: a character is missing or wrong",
  });
}

function isWellFormed(text: string, kind: RecipientKind): boolean {
  if (kind === "x25519") return parseX25519Recipient(text) !== null;
  if (kind === "ssh") return isSshPublicKey(text);
  return kind === "plugin" ? pluginOfRecipient(text) !== null : isHybridRecipient(text);
}

function isHybridRecipient(text: string): boolean {
  const decoded = text === text.toLowerCase() ? decodeBech32(text) : null;
  return decoded?.prefix === "age1pq" && decoded.bytes.length === HYBRID_BYTES;
}

/** `ssh-ed25519 <base64> comment`: the key type stands in the encoded part once more, after its 4-byte length. */
function isSshPublicKey(text: string): boolean {
  const [type = "", encoded = ""] = text.split(/\s+/, 2);
  const blob = type === "ssh-ed25519" || type === "ssh-rsa" ? fromBase64(encoded) : null;
  return blob !== null && toByteString(blob.subarray(4, 4 + type.length)) === type;
}

/** A secret key given by mistake must not be printed: only its kind is named. */
function unknownRecipient(text: string): SopsError {
  if (/secret-key|private key/i.test(text))
    return new SopsError("BAD_RECIPIENT", "this is a secret key, not a recipient", {
      hint: "use its public key, the age1... line of the key file, and keep the secret key to yourself",
    });
  return new SopsError("BAD_RECIPIENT", `unknown recipient type: ${shorten(text)}`, {
    hint: "an age recipient starts with age1 or ssh-",
  });
}

function shorten(text: string): string {
  return text.length <= 16 ? text : `${text.slice(0, 12)}...`;
}
