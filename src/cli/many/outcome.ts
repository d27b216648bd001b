import type { SopsError } from "../../core/base/errors.ts";

/** What became of one file. */
export type Outcome =
  /** Its new content is in place. */
  | { readonly name: string; readonly state: "done" }
  /** The command changes nothing in it; `why` is for the user. */
  | { readonly name: string; readonly state: "unchanged" | "skipped"; readonly why: string }
  /** It could be changed, but another one failed. */
  | { readonly name: string; readonly state: "untouched" }
  | { readonly name: string; readonly state: "failed"; readonly error: SopsError };

export type Failure = Extract<Outcome, { state: "failed" }>;

export const failuresOf = (outcomes: readonly Outcome[]): readonly Failure[] =>
  outcomes.filter((outcome) => outcome.state === "failed");

/** Why `encrypt` and `updatekeys` leave files alone that nobody said anything of: the summary says that they do. */
export const NO_RULE = "of no creation rule";
export const NO_TYPE = "of no known type";
export const TOOL = "read by tools";
export const OWN = "left in clear text, as enc itself reads it";

/** What the summary says of `n` files that one reason kept from being changed. */
export function reasonText(why: string, n: number): string {
  return isLeft(why) ? `${why} left as ${n === 1 ? "it is" : "they are"}` : why;
}

export const isLeft = (why: string): boolean => [NO_RULE, NO_TYPE, TOOL].includes(why);
