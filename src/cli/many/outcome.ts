import type { SopsError } from "../../core/errors.ts";

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
