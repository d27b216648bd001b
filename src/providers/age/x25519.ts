import { concat, utf8 } from "../../core/base/bytes.ts";
import type { Primitives } from "../../core/ports/primitives.ts";
import { decodeBech32, encodeBech32 } from "./bech32.ts";
import { damaged } from "./damaged.ts";
import { fromUnpadded, type Stanza, unpadded } from "./header.ts";

const TYPE = "X25519";
const INFO = utf8("age-encryption.org/v1/X25519");
/** A wrapping key is used once, so its nonce may be zero. */
const ZERO_NONCE = new Uint8Array(12);
const KEY_BYTES = 32;
/** A 16-byte file key and its tag. */
const BODY_BYTES = 32;

/** A secret scalar with its public point, 32 bytes each. */
export interface X25519Identity {
  readonly scalar: Uint8Array;
  readonly point: Uint8Array;
}

/** `age1...` to its point; null where it is not an X25519 recipient. */
export function parseX25519Recipient(text: string): Uint8Array | null {
  const decoded = text.startsWith("age1") ? decodeBech32(text) : null;
  return decoded?.prefix === "age" && decoded.bytes.length === KEY_BYTES ? decoded.bytes : null;
}

export function formatX25519Recipient(point: Uint8Array): string {
  return encodeBech32("age", point);
}

/** `AGE-SECRET-KEY-1...` to its scalar; null where it is not an X25519 identity. */
export function parseX25519Identity(text: string): Uint8Array | null {
  const decoded = text.startsWith("AGE-SECRET-KEY-1") ? decodeBech32(text) : null;
  return decoded?.prefix === "age-secret-key-" && decoded.bytes.length === KEY_BYTES ? decoded.bytes : null;
}

export function formatX25519Identity(scalar: Uint8Array): string {
  return encodeBech32("age-secret-key-", scalar).toUpperCase();
}

/** Seals a file key for one recipient. Null where the recipient is a low-order point, which no identity has. */
export function wrapFileKey(fileKey: Uint8Array, recipient: Uint8Array, crypto: Primitives): Stanza | null {
  const ephemeral = crypto.randomBytes(KEY_BYTES);
  const share = crypto.x25519Public(ephemeral);
  const key = wrappingKey(ephemeral, recipient, share, recipient, crypto);
  if (key === null) return null;
  return { args: [TYPE, unpadded(share)], body: crypto.chachaSeal(key, ZERO_NONCE, fileKey) };
}

/** The file key, from the first stanza that this identity opens; null: none. Throws BAD_METADATA for a malformed one. */
export function unwrapFileKey(
  stanzas: readonly Stanza[],
  identity: X25519Identity,
  crypto: Primitives,
): Uint8Array | null {
  for (const { args, body } of stanzas) {
    if (args[0] !== TYPE) continue;
    const share = fromUnpadded(args[1] ?? "");
    if (args.length !== 2 || share?.length !== KEY_BYTES || body.length !== BODY_BYTES)
      throw damaged("its X25519 recipient is malformed");
    const key = wrappingKey(identity.scalar, share, share, identity.point, crypto);
    if (key === null) throw damaged("its X25519 recipient is malformed");
    const fileKey = crypto.chachaOpen(key, ZERO_NONCE, body);
    if (fileKey !== null) return fileKey;
  }
  return null;
}

function wrappingKey(
  scalar: Uint8Array,
  peer: Uint8Array,
  share: Uint8Array,
  recipient: Uint8Array,
  crypto: Primitives,
): Uint8Array | null {
  const secret = crypto.x25519(scalar, peer);
  return secret === null ? null : crypto.hkdfSha256(secret, concat(share, recipient), INFO, 32);
}
