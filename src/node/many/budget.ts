import type { Target } from "./target.ts";

/** Bytes. What is more is read once more when its turn comes. */
const SHARED = 64 * 1024 * 1024;

/** The memory that all files of one run share for what they hold between reading and writing. */
export class Budget {
  #left: number;

  constructor(bytes = SHARED) {
    this.#left = bytes;
  }

  /** Is there room for so many bytes? Then they are taken. */
  take(bytes: number): boolean {
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }
}

/** What is let go is read once more, and is then still the same or an error. A pipe has its bytes only once. */
export function within(target: Target, budget: Budget): Target {
  if (target.seen !== undefined && !budget.take(target.bytes().length)) target.held = null;
  return target;
}
