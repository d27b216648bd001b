/**
 * The few primitives of an age file (RFC 7748, 5869, 8439), for a platform that has them built in: on Node they
 * cost a tenth of the pure JavaScript ones in a cold process. A host without them gets noble's.
 */
export interface Primitives {
  /** `scalar` and `point` are 32 bytes. Answers the 32-byte shared secret; null where it is all zero (low-order point). */
  x25519(scalar: Uint8Array, point: Uint8Array): Uint8Array | null;
  /** The public key (32 bytes) of a 32-byte scalar. */
  x25519Public(scalar: Uint8Array): Uint8Array;
  /** HKDF-SHA-256; an empty salt is allowed. `length` in bytes. */
  hkdfSha256(secret: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Uint8Array;
  /** 32 bytes. */
  hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array;
  /** ChaCha20-Poly1305: `key` 32 bytes, `nonce` 12. Answers ciphertext followed by the 16-byte tag. */
  chachaSeal(key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array): Uint8Array;
  /** Null: does not verify. */
  chachaOpen(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array): Uint8Array | null;
  randomBytes(length: number): Uint8Array;
}
