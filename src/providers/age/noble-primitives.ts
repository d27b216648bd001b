import { x25519 } from "@noble/curves/ed25519.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { randomBytes } from "@noble/hashes/utils.js";
import type { Primitives } from "../../core/ports/primitives.ts";
import { chachaOpen, chachaSeal } from "./noble-chacha.ts";

/** Primitives for any JavaScript platform. */
export const noblePrimitives: Primitives = {
  x25519: multiply,
  x25519Public: (scalar) => x25519.scalarMultBase(scalar),
  hkdfSha256: (secret, salt, info, length) => hkdf(sha256, secret, salt, info, length),
  hmacSha256: (key, message) => hmac(sha256, key, message),
  chachaSeal,
  chachaOpen,
  randomBytes,
};

/** noble throws for a low-order point. */
function multiply(scalar: Uint8Array, point: Uint8Array): Uint8Array | null {
  try {
    return x25519.scalarMult(scalar, point);
  } catch {
    return null;
  }
}
