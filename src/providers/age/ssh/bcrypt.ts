import { sha512 } from "@noble/hashes/sha2.js";
import { concat, utf8, wipe } from "../../../core/base/bytes.ts";
import { Blowfish } from "./blowfish.ts";
import { uint32 } from "./wire.ts";

const MAGIC = wordsOf(utf8("OxychromaticBlowfishSwatDynamite"));
const HASH_BYTES = 32;
/** bcrypt's cost, 2 to the 6th. */
const EXPANSIONS = 64;

/**
 * bcrypt_pbkdf of OpenBSD: the key derivation of OpenSSH's private keys. Like PBKDF2 (RFC 8018) over a bcrypt of
 * SHA-512 hashes, but the bytes of each block are spread over the whole key.
 */
export function bcryptPbkdf(
  passphrase: Uint8Array,
  salt: Uint8Array,
  rounds: number,
  length: number,
): Uint8Array {
  const secret = wordsOf(sha512(passphrase));
  const key = new Uint8Array(length);
  const stride = Math.ceil(length / HASH_BYTES);
  for (let block = 0; block < stride; block++) {
    const bytes = hashBlock(secret, concat(salt, uint32(block + 1)), rounds);
    for (let i = 0; i * stride + block < length && i < HASH_BYTES; i++)
      key[i * stride + block] = bytes[i] ?? 0;
    wipe(bytes);
  }
  secret.fill(0);
  return key;
}

function hashBlock(secret: Uint32Array, salt: Uint8Array, rounds: number): Uint8Array {
  let last = bcryptHash(secret, wordsOf(sha512(salt)));
  const all = last.slice();
  for (let round = 1; round < rounds; round++) {
    last = bcryptHash(secret, wordsOf(sha512(last)));
    for (let i = 0; i < HASH_BYTES; i++) all[i] = (all[i] ?? 0) ^ (last[i] ?? 0);
  }
  return all;
}

function bcryptHash(secret: Uint32Array, salt: Uint32Array): Uint8Array {
  const cipher = new Blowfish();
  cipher.expand(secret, salt);
  for (let i = 0; i < EXPANSIONS; i++) {
    cipher.expand(salt);
    cipher.expand(secret);
  }
  const words = MAGIC.slice();
  for (let i = 0; i < EXPANSIONS; i++) cipher.encrypt(words);
  const hash = new Uint8Array(HASH_BYTES);
  const view = new DataView(hash.buffer);
  words.forEach((word, i) => {
    view.setUint32(4 * i, word, true);
  });
  return hash;
}

function wordsOf(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Uint32Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(4 * i));
}
