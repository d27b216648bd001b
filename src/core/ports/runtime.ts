/**
 * AES-256-GCM under one data key. Synchronous on purpose: a file has thousands of leaves, and a promise per leaf
 * costs more than the cipher. Bound to its key once, so that a runtime may keep a key object for the whole file.
 */
export interface Aead {
  /** `iv` any length from 1 byte (SOPS writes 32). Returns ciphertext followed by the 16-byte tag. */
  seal(iv: Uint8Array, plaintext: Uint8Array, aad: Uint8Array): Uint8Array;
  /** `sealed` is ciphertext followed by the 16-byte tag. Null: does not verify. */
  open(iv: Uint8Array, sealed: Uint8Array, aad: Uint8Array): Uint8Array | null;
}

/** An incremental SHA-512. */
export interface Hash {
  update(bytes: Uint8Array): void;
  /** 64 bytes. Call once. */
  digest(): Uint8Array;
}

/** What the core needs from the platform. `noble.ts` serves any; `node/runtime.ts` uses node:crypto. */
export interface Runtime {
  /** `key` is 32 bytes, and copied: the caller may overwrite it. */
  aead(key: Uint8Array): Aead;
  sha512(): Hash;
  randomBytes(length: number): Uint8Array;
  now(): Date;
}
