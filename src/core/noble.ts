import { gcm } from "@noble/ciphers/aes.js";
import { sha512 } from "@noble/hashes/sha2.js";
import type { Aead, Hash, Runtime } from "./runtime.ts";

/** The runtime for any platform: pure JavaScript, no `node:` module, `crypto.getRandomValues` for randomness. */
export const nobleRuntime: Runtime = {
  aead: (key) => nobleAead(key),
  sha512: nobleSha512,
  randomBytes: (length) => globalThis.crypto.getRandomValues(new Uint8Array(length)),
  now: () => new Date(),
};

function nobleAead(key: Uint8Array): Aead {
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
