import { sha256 } from "@noble/hashes/sha2.js";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/** 25 bytes are 40 letters: gpg-agent takes names of up to 50. */
const HASH_BYTES = 25;

/** The name under which SOPS keeps the passphrase of an identity file in gpg-agent, so that both ask once. */
export function cacheName(file: Uint8Array): string {
  let bits = 0;
  let buffer = 0;
  let text = "SopsAge";
  for (const byte of sha256(file).subarray(0, HASH_BYTES)) {
    buffer = ((buffer << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) text += ALPHABET.charAt((buffer >> (bits - 5)) & 31);
  }
  return text;
}
