import { cbc, ctr, gcm } from "@noble/ciphers/aes.js";
import { bcryptPbkdf } from "./bcrypt.ts";

/** AES key bits and mode of each cipher that OpenSSH protects a private key with, but for its own ChaCha20. */
const CIPHER = /^aes(128|192|256)-(ctr|cbc|gcm)(?:@openssh\.com)?$/;
const IV_BYTES = { ctr: 16, cbc: 16, gcm: 12 };

export interface Protection {
  /** `aes256-ctr` where the user chose none. */
  readonly cipher: string;
  readonly salt: Uint8Array;
  readonly rounds: number;
}

/** Null: not a cipher that we know, or (GCM alone tells) a wrong passphrase. `sealed` includes the tag of GCM. */
export function unprotect(
  sealed: Uint8Array,
  { cipher, salt, rounds }: Protection,
  passphrase: Uint8Array,
): Uint8Array | null {
  const [, bits, mode] = CIPHER.exec(cipher) ?? [];
  if (mode !== "ctr" && mode !== "cbc" && mode !== "gcm") return null;
  const keyBytes = Number(bits) / 8;
  const material = bcryptPbkdf(passphrase, salt, rounds, keyBytes + IV_BYTES[mode]);
  const key = material.subarray(0, keyBytes);
  const iv = material.subarray(keyBytes);
  try {
    if (mode === "ctr") return ctr(key, iv).decrypt(sealed);
    if (mode === "gcm") return gcm(key, iv).decrypt(sealed);
    return cbc(key, iv, { disablePadding: true }).decrypt(sealed);
  } catch {
    return null;
  }
}

export function isKnownCipher(cipher: string): boolean {
  return CIPHER.test(cipher);
}
