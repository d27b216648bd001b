import { fromByteString, toHex } from "./bytes.ts";
import type { Hash, Runtime } from "./runtime.ts";

/** SHA-256 of `sops`: fed first when only encrypted values count, so that the two kinds of MAC never meet (section 3). */
const ENCRYPTED_ONLY_SALT = fromByteString(
  "\x8a\x3f\xd2\xad\x54\xce\x66\x52\x7b\x10\x34\xf3\xd1\x47\xbe\x0b" +
    "\x0b\x97\x5b\x3b\xf4\x4f\x72\xc6\xfd\xad\xec\x81\x76\xf2\x7d\x69",
);

/**
 * The file MAC before it is encrypted: SHA-512 over the plaintext bytes of the leaves in walk order, without keys,
 * lengths or separators. Comments never count (spec section 3).
 */
export class FileMac {
  readonly #hash: Hash;
  readonly #encryptedOnly: boolean;

  constructor(runtime: Runtime, macOnlyEncrypted: boolean) {
    this.#hash = runtime.sha512();
    this.#encryptedOnly = macOnlyEncrypted;
    if (macOnlyEncrypted) this.#hash.update(ENCRYPTED_ONLY_SALT);
  }

  /** Does a leaf with this selection count? Lets a caller skip making bytes that nobody hashes. */
  counts(selected: boolean): boolean {
    return selected || !this.#encryptedOnly;
  }

  add(plaintext: Uint8Array): void {
    this.#hash.update(plaintext);
  }

  /** 128 characters of upper-case hex. Call once. */
  text(): string {
    return toHex(this.#hash.digest()).toUpperCase();
  }
}
