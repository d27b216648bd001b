import { SopsError } from "./errors.ts";
import { isBytes } from "./realm.ts";

/** A group's share (of the only group: the data key), or for each master key that did not give it: which one, and why. */
export type Tried = Uint8Array | readonly string[];

export const isShare = (tried: Tried): tried is Uint8Array => isBytes(tried);

/** No number of shares can reach it, so that none is asked for. */
export function tooHigh(threshold: number, groups: number): SopsError {
  return new SopsError(
    "NO_DATA_KEY",
    `cannot recover the data key: the file's threshold is ${String(threshold)}, and it has ${String(groups)} key groups`,
    { hint: "its metadata was changed by hand: restore the file from git" },
  );
}

/** Says of each group that did not open, and of each key in it, why: those of groups that opened are no matter. */
export function cannotUnwrap(tried: readonly Tried[], needed: number): SopsError {
  const many = tried.length > 1;
  const opened = tried.filter(isShare).length;
  const reasons = reasonsOf(tried);
  const message = many
    ? `cannot recover the data key: ${String(opened)} of ${String(tried.length)} key groups open, ${String(needed)} are needed`
    : "cannot recover the data key: none of the file's master keys can be used here";
  return new SopsError("NO_DATA_KEY", message, { hint: reasons.join("\n") });
}

/** The threshold was lowered without a new split, a share is another file's, or all that could tell was tampered with. */
export function doNotFit(tried: readonly Tried[]): SopsError {
  const opened = tried.filter(isShare).length;
  return new SopsError(
    "NO_DATA_KEY",
    `cannot recover the data key: ${String(opened)} of ${String(tried.length)} key groups open, and what they hold opens nothing of the file`,
    {
      hint: ["its metadata was changed, or more groups are needed than it says", ...reasonsOf(tried)].join(
        "\n",
      ),
    },
  );
}

function reasonsOf(tried: readonly Tried[]): readonly string[] {
  const many = tried.length > 1;
  return tried.flatMap((attempts, i) =>
    isShare(attempts) ? [] : attempts.map((attempt) => (many ? `group ${String(i)}: ${attempt}` : attempt)),
  );
}
