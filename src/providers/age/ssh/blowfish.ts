import { wordsOfPi } from "./pi.ts";

const ROUNDS = 16;
const SUBKEYS = ROUNDS + 2;
const BOX = 256;

let initial: Uint32Array | undefined;

/**
 * Blowfish (B. Schneier, 1993) with the key schedule of bcrypt: 18 subkeys and four boxes of 256 words, which start
 * as the fraction of pi. Words are of 32 bits, the highest byte first.
 */
export class Blowfish {
  /** Subkeys, then the boxes. */
  readonly #state: Uint32Array;
  #left = 0;
  #right = 0;

  constructor() {
    initial ??= wordsOfPi(SUBKEYS + 4 * BOX);
    this.#state = initial.slice();
  }

  /** Mixes `key` into the subkeys, then fills all anew by encrypting; `salt` goes into what is encrypted. */
  expand(key: Uint32Array, salt?: Uint32Array): void {
    const state = this.#state;
    for (let i = 0; i < SUBKEYS; i++) state[i] = (state[i] ?? 0) ^ (key[i % key.length] ?? 0);
    this.#left = 0;
    this.#right = 0;
    for (let i = 0; i < state.length; i += 2) {
      if (salt !== undefined) {
        this.#left ^= salt[i % salt.length] ?? 0;
        this.#right ^= salt[(i + 1) % salt.length] ?? 0;
      }
      this.#encrypt();
      state[i] = this.#left;
      state[i + 1] = this.#right;
    }
  }

  /** Encrypts each pair of words in place. */
  encrypt(words: Uint32Array): void {
    for (let i = 0; i < words.length; i += 2) {
      this.#left = words[i] ?? 0;
      this.#right = words[i + 1] ?? 0;
      this.#encrypt();
      words[i] = this.#left;
      words[i + 1] = this.#right;
    }
  }

  #encrypt(): void {
    const s = this.#state;
    let left = this.#left;
    let right = this.#right;
    for (let i = 0; i < ROUNDS; i++) {
      left ^= s[i] ?? 0;
      const a = s[SUBKEYS + (left >>> 24)] ?? 0;
      const b = s[SUBKEYS + BOX + ((left >>> 16) & 255)] ?? 0;
      const c = s[SUBKEYS + 2 * BOX + ((left >>> 8) & 255)] ?? 0;
      const d = s[SUBKEYS + 3 * BOX + (left & 255)] ?? 0;
      const mixed = right ^ ((((a + b) ^ c) + d) | 0);
      right = left;
      left = mixed;
    }
    this.#left = right ^ (s[ROUNDS + 1] ?? 0);
    this.#right = left ^ (s[ROUNDS] ?? 0);
  }
}
