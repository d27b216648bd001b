import { ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { concat, utf8 } from "../../../core/base/bytes.ts";
import type { Primitives } from "../../../core/ports/primitives.ts";
import { damaged } from "../damaged.ts";
import { fromUnpadded, type Stanza, unpadded } from "../header.ts";
import { type SshEd25519Key, tagOf } from "./public-key.ts";

const INFO = utf8("age-encryption.org/v1/ssh-ed25519");
const NOTHING = new Uint8Array();
/** A wrapping key is used once, so its nonce may be zero. */
const ZERO_NONCE = new Uint8Array(12);
const KEY_BYTES = 32;

/** The stanza of an Ed25519 key: X25519 with the key's Montgomery form. Null: the key is no point of the curve. */
export function wrapForEd25519(fileKey: Uint8Array, key: SshEd25519Key, crypto: Primitives): Stanza | null {
  const point = montgomery(key.point);
  const ephemeral = crypto.randomBytes(KEY_BYTES);
  const share = crypto.x25519Public(ephemeral);
  const secret = point === null ? null : crypto.x25519(ephemeral, point);
  const wrappingKey =
    point === null || secret === null ? null : keyFrom(secret, key, concat(share, point), crypto);
  if (wrappingKey === null) return null;
  const body = crypto.chachaSeal(wrappingKey, ZERO_NONCE, fileKey);
  return { args: ["ssh-ed25519", tagOf(key), unpadded(share)], body };
}

/** `seed`: the 32 bytes that an Ed25519 private key is made of. Throws BAD_METADATA. */
export function unwrapByEd25519(
  { args, body }: Stanza,
  key: SshEd25519Key,
  seed: Uint8Array,
  crypto: Primitives,
): Uint8Array {
  const share = fromUnpadded(args[2] ?? "");
  if (args.length !== 3 || share?.length !== KEY_BYTES)
    throw damaged("its ssh-ed25519 recipient is malformed");
  const scalar = sha512(seed).subarray(0, KEY_BYTES);
  const secret = crypto.x25519(scalar, share);
  const salt = concat(share, crypto.x25519Public(scalar));
  const wrappingKey = secret === null ? null : keyFrom(secret, key, salt, crypto);
  const fileKey = wrappingKey === null ? null : crypto.chachaOpen(wrappingKey, ZERO_NONCE, body);
  if (fileKey === null) throw damaged("its ssh-ed25519 recipient was changed");
  return fileKey;
}

/** The shared secret is tied to the whole SSH key by one more multiplication, with a scalar made of it. */
function keyFrom(
  secret: Uint8Array,
  key: SshEd25519Key,
  salt: Uint8Array,
  crypto: Primitives,
): Uint8Array | null {
  const tweak = crypto.hkdfSha256(NOTHING, key.blob, INFO, KEY_BYTES);
  const tweaked = crypto.x25519(tweak, secret);
  return tweaked === null ? null : crypto.hkdfSha256(tweaked, salt, INFO, KEY_BYTES);
}

function montgomery(point: Uint8Array): Uint8Array | null {
  try {
    return ed25519.utils.toMontgomery(point);
  } catch {
    return null;
  }
}

/** The public point of a seed. */
export function ed25519Public(seed: Uint8Array): Uint8Array {
  return ed25519.getPublicKey(seed);
}
