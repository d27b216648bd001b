import { fromByteString, toHex } from "../base/bytes.ts";
import type { Hash, Runtime } from "../ports/runtime.ts";

/** SHA-256 of `sops`: fed first when only encrypted values count, so that the two kinds of MAC never meet (format.md 3). */
const ENCRYPTED_ONLY_SALT = fromByteString(
  "\x8a\x3f\xd2\xad\x54\xce\x66\x52\x7b\x10\x34\xf3\xd1\x47\xbe\x0b" +
    "\x0b\x97\x5b\x3b\xf4\x4f\x72\xc6\xfd\xad\xec\x81\x76\xf2\x7d\x69",
);

const GATHER_BYTES = 4096;

/**
 * The file MAC before it is encrypted: SHA-512 over the plaintext bytes of the leaves in walk order, without keys,
 * lengths or separators. Comments never count (format.md 3).
 */
export class FileMac {
  readonly #hash: Hash;
  readonly #encryptedOnly: boolean;
  /** Short plaintexts are gathered here: a call of the hash for each costs more than hashing it. */
  readonly #gathered = new Uint8Array(GATHER_BYTES);
  #length = 0;

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
    if (this.#length + plaintext.length > GATHER_BYTES) this.#flush();
    if (plaintext.length > GATHER_BYTES) {
      this.#hash.update(plaintext);
      return;
    }
    this.#gathered.set(plaintext, this.#length);
    this.#length += plaintext.length;
  }

  #flush(): void {
    this.#hash.update(this.#gathered.subarray(0, this.#length));
    this.#gathered.fill(0, 0, this.#length);
    this.#length = 0;
  }

  /** 128 characters of upper-case hex. Call once. */
  text(): string {
    this.#flush();
    return toHex(this.#hash.digest()).toUpperCase();
  }
}
