import { gcm } from "@noble/ciphers/aes.js";
import { sha512 } from "@noble/hashes/sha2.js";
import type { Aead, Hash, Runtime } from "./runtime.ts";

/** The runtime for any platform: pure JavaScript, no `node:` module, `crypto.getRandomValues` for randomness. */
export const nobleRuntime: Runtime = {
  aead: (key) => nobleAead(key),
  sha512: nobleSha512,
  randomBytes,
  now: () => new Date(),
};

/** The most bytes that one call of the Web Crypto API gives. */
const RANDOM_BYTES_AT_ONCE = 65_536;

function randomBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += RANDOM_BYTES_AT_ONCE)
    globalThis.crypto.getRandomValues(bytes.subarray(at, at + RANDOM_BYTES_AT_ONCE));
  return bytes;
}

function nobleAead(dataKey: Uint8Array): Aead {
  const key = Uint8Array.from(dataKey);
  return {
    seal: (iv, plaintext, aad) => gcm(key, iv, aad).encrypt(plaintext),
    open(iv, sealed, aad) {
      try {
        return gcm(key, iv, aad).decrypt(sealed);
      } catch {
        return null;
      }
    },
  };
}

function nobleSha512(): Hash {
  const hash = sha512.create();
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest() };
}
