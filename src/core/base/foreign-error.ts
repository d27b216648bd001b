import { SopsError } from "./errors.ts";

/** Characters of a foreign error's words that are told. */
const MOST_WORDS = 500;

/** Why something failed, in one line. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof SopsError)) return foreignReason(error);
  return error.hint === undefined ? error.message : `${error.message} (${error.hint})`;
}

/**
 * What a provider throws that a program brought along: its own words, which are for that program to keep free of secrets.
 * Our own providers throw nothing but SopsErrors (providers/guard.ts).
 */
export function foreignReason(error: unknown): string {
  const { name, message } = (typeof error === "object" ? (error ?? {}) : {}) as Partial<
    Record<string, unknown>
  >;
  const words = (typeof message === "string" ? message : "").replace(/\s+/g, " ").trim();
  if (words !== "") return words.length > MOST_WORDS ? `${words.slice(0, MOST_WORDS)}...` : words;
  return `failed unexpectedly (${typeof name === "string" ? name : typeof error})`;
}
