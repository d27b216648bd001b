import { type KeyAttempt, SopsError, type SopsErrorOptions } from "../base/errors.ts";
import { isBytes } from "../base/realm.ts";

/** A master key that did not give its group's share. */
export type Failed = Omit<KeyAttempt, "group">;

/** A group's share (of the only group: the data key), or for each master key that did not give it: which one, and why. */
export type Tried = Uint8Array | readonly Failed[];

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
  const message = many
    ? `cannot recover the data key: ${String(opened)} of ${String(tried.length)} key groups open, ${String(needed)} are needed`
    : "cannot recover the data key: none of the file's master keys can be used here";
  return new SopsError("NO_DATA_KEY", message, toldBy(tried));
}

/** The threshold was lowered without a new split, a share is another file's, or all that could tell was tampered with. */
export function doNotFit(tried: readonly Tried[]): SopsError {
  const opened = tried.filter(isShare).length;
  return new SopsError(
    "NO_DATA_KEY",
    `cannot recover the data key: ${String(opened)} of ${String(tried.length)} key groups open, and what they hold opens nothing of the file`,
    toldBy(tried, "its metadata was changed, or more groups are needed than it says"),
  );
}

/**
 * For people a line for each key, for programs the attempts themselves and all that was thrown. Groups count from 0, as in
 * what SOPS says here and for `groups delete`; its list of changes (`updatekeys`) counts from 1, so that the range stands with them.
 */
function toldBy(tried: readonly Tried[], ...first: readonly string[]): SopsErrorOptions {
  const attempts = tried.flatMap((each, group) =>
    isShare(each) ? [] : each.map((failed): KeyAttempt => ({ ...failed, group })),
  );
  const last = tried.length - 1;
  const lines = attempts.map((each) =>
    last > 0 ? `group ${String(each.group)} of 0 to ${String(last)}: ${lineOf(each)}` : lineOf(each),
  );
  const errors = attempts.flatMap(({ cause }) => (cause === undefined ? [] : [cause]));
  const cause = errors.length === 0 ? undefined : new AggregateError(errors, "what the keys failed with");
  return { hint: [...first, ...lines].join("\n"), attempts, cause };
}

function lineOf({ key, identity, service, message, hint }: KeyAttempt): string {
  const reason = hint === undefined ? message : `${message} (${hint})`;
  if (service === undefined && names(reason, key)) return reason;
  return `${key.type} ${identity}${service === undefined ? "" : ` by ${service}`}: ${reason}`;
}

/** Most providers name the key in their errors, with all that tells it apart: it is not named twice. */
function names(reason: string, key: KeyAttempt["key"]): boolean {
  const texts = textsOf(key);
  return texts.length > 0 && texts.every((text) => reason.includes(text));
}

export function textsOf({ fields }: KeyAttempt["key"]): readonly string[] {
  return Object.entries(fields).flatMap(([name, v]) =>
    name !== "created_at" && typeof v === "string" && v !== "" ? [v] : [],
  );
}
