import { SopsError } from "../base/errors.ts";

export const SELECTOR_NAMES = [
  "unencrypted_suffix",
  "encrypted_suffix",
  "unencrypted_regex",
  "encrypted_regex",
  "unencrypted_comment_regex",
  "encrypted_comment_regex",
] as const;
export type SelectorName = (typeof SELECTOR_NAMES)[number];

/** Which values of a file are encrypted. At most one to a file (format.md 4). */
export interface Selector {
  readonly name: SelectorName;
  /** A suffix as it is, or an RE2 pattern that is searched for, unanchored. */
  readonly pattern: string;
}

/** What holds where a file names no selector. */
export const DEFAULT_SELECTOR: Selector = { name: "unencrypted_suffix", pattern: "_unencrypted" };

/** A selector made ready: a key or a comment either bears its mark or does not. */
export interface Selection {
  /** Does this map key bear the mark? It then holds for the whole subtree. */
  readonly keyMatches: (key: string) => boolean;
  readonly commentMatches: (text: string) => boolean;
  /** Is what bears the mark encrypted, and all else clear; or the other way round? */
  readonly marksEncrypted: boolean;
  readonly byComment: boolean;
  /** Would this ciphertext of a comment be taken for a marker when the file is opened? */
  readonly sealedCommentMatches: (text: string) => boolean;
  /** The pattern, where it is not valid RE2: SOPS takes it as "matches nothing" (traps.md 27). */
  readonly badPattern: string | undefined;
}

const NEVER = (): boolean => false;

/** Everything is encrypted: a binary file has no selector. */
export const SELECT_ALL: Selection = {
  keyMatches: NEVER,
  commentMatches: NEVER,
  marksEncrypted: false,
  byComment: false,
  sealedCommentMatches: NEVER,
  badPattern: undefined,
};

/**
 * Compiles a selector once. Throws USAGE for an unknown name. A bad pattern throws BAD_PATTERN when sealing, and on opening matches nothing, as in SOPS.
 * RE2 is loaded only for a pattern.
 */
export async function compileSelection(
  selector: Selector | undefined,
  mode: "seal" | "open",
): Promise<Selection> {
  // SOPS takes an empty pattern as a selector that is not set.
  const { name, pattern } = selector === undefined || selector.pattern === "" ? DEFAULT_SELECTOR : selector;
  refuseUnknownSelector(name);
  const marksEncrypted = name.startsWith("encrypted_");
  if (name.endsWith("_suffix"))
    return { ...SELECT_ALL, marksEncrypted, keyMatches: (key) => key.endsWith(pattern) };
  const matches = await compilePattern(name, pattern, mode);
  const badPattern = matches === null ? pattern : undefined;
  const test = matches ?? NEVER;
  if (!name.endsWith("_comment_regex"))
    return { ...SELECT_ALL, marksEncrypted, badPattern, keyMatches: memoised(test) };
  const sealedCommentMatches = marksEncrypted ? NEVER : test;
  return {
    ...SELECT_ALL,
    marksEncrypted,
    badPattern,
    byComment: true,
    commentMatches: test,
    sealedCommentMatches,
  };
}

/** Callers without types can misspell it, and what should be encrypted would be what stays clear. */
function refuseUnknownSelector(name: string): void {
  if (SELECTOR_NAMES.some((known) => known === name)) return;
  throw new SopsError("USAGE", `there is no selector ${name}`, {
    hint: `it is one of ${SELECTOR_NAMES.join(", ")}`,
  });
}

async function compilePattern(
  name: string,
  pattern: string,
  mode: "seal" | "open",
): Promise<((text: string) => boolean) | null> {
  const { RE2JS } = await import("re2js");
  try {
    const compiled = RE2JS.compile(pattern);
    return (text) => compiled.matcher(text).find();
  } catch (cause) {
    if (mode === "open") return null;
    throw new SopsError("BAD_PATTERN", `${name} is not a valid RE2 pattern: ${pattern}`, {
      hint: "look-around and back references do not exist in RE2; a literal dot is written \\.",
      cause,
    });
  }
}

/** Keys repeat in lists of maps, and RE2 in JavaScript is slow: each key is tried once. */
function memoised(test: (text: string) => boolean): (text: string) => boolean {
  const known = new Map<string, boolean>();
  return (text) => {
    let answer = known.get(text);
    if (answer === undefined) known.set(text, (answer = test(text)));
    return answer;
  };
}

/** The one selector that is set; an empty pattern is not. Throws TWO_SELECTORS where more than one is. */
export function assertOneSelector(selectors: readonly Selector[]): Selector | undefined {
  const set = selectors.filter((s) => s.pattern !== "");
  if (set.length > 1)
    throw new SopsError(
      "TWO_SELECTORS",
      `only one selector may be set, not ${set.map((s) => s.name).join(" and ")}`,
      {
        hint: "keep the one that you mean",
      },
    );
  return set[0];
}
