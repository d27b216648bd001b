import { SopsError } from "../base/errors.ts";
import { combine } from "./shamir.ts";

/** Does this data key open the file? Null: the file holds nothing to tell by. */
export type FitsFile = (dataKey: Uint8Array) => boolean | null;

/** Of so many shares all choices are tried, 2^8 at most; of more only all of them together. */
const MOST_CHOSEN_FROM = 8;

/**
 * The shares of a file's key groups as they come in, and the data key as soon as they give it. A share bears no mark of
 * the number that is needed, and the file's threshold may have been changed by hand since the data key was split: so what
 * shares give is held against the file, and where it does not open that, more of them are waited for, as SOPS waits for all.
 */
export class Quorum {
  readonly #least: number;
  readonly #fits: FitsFile;
  readonly #shares: Uint8Array[] = [];
  #dataKey: Uint8Array | null = null;
  #isUnknown = false;

  /** `least`: how many shares must be there before any is used. */
  constructor(least: number, fits: FitsFile) {
    this.#least = Math.max(least, 2);
    this.#fits = fits;
  }

  /** Undefined: what was found so far does not give one that opens the file. */
  get dataKey(): Uint8Array | undefined {
    return this.#dataKey ?? undefined;
  }

  add(share: Uint8Array): void {
    this.#shares.push(share);
    if (this.#dataKey !== null || this.#shares.length < this.#least) return;
    for (const chosen of choicesOf(withoutCopies(this.#shares))) {
      const dataKey = tryCombine(chosen);
      const answer = dataKey && this.#fits(dataKey);
      if (answer === true) this.#dataKey = dataKey;
      if (answer === true) return;
      this.#isUnknown ||= answer === null && dataKey !== null;
    }
  }

  /** What SOPS would go on with: all shares together. Undefined where that is known to open nothing. */
  get unproven(): Uint8Array | undefined {
    return this.#isUnknown ? this.combined() : undefined;
  }

  /** All shares together, whatever they open. Throws BAD_SHARES. */
  combined(): Uint8Array {
    return combine(this.#shares);
  }
}

/** A group that stands in the file twice, as after a merge, gives the same share twice. */
function withoutCopies(shares: readonly Uint8Array[]): readonly Uint8Array[] {
  return [...new Map(shares.map((share) => [share.join(), share])).values()];
}

/** All of them, and then, where one may be damaged, the fewer ones, the most first. */
function choicesOf(shares: readonly Uint8Array[]): readonly (readonly Uint8Array[])[] {
  if (shares.length > MOST_CHOSEN_FROM) return [shares];
  const choices = Array.from({ length: 2 ** shares.length }, (_, bits) =>
    shares.filter((_share, i) => (bits >> i) & 1),
  );
  return choices.filter(({ length }) => length >= 2).sort((a, b) => b.length - a.length);
}

function tryCombine(shares: readonly Uint8Array[]): Uint8Array | null {
  try {
    return combine(shares);
  } catch (error) {
    if (error instanceof SopsError) return null;
    throw error;
  }
}
