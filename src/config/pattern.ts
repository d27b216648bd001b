import { SopsError, type Place } from "../core/base/errors.ts";
import { isError } from "../core/base/realm.ts";

/** A checked regular expression in the dialect of Go (RE2), searched for anywhere in a text. */
export interface Pattern {
  readonly source: string;
  matches(text: string): boolean;
}

/**
 * What most path patterns are made of: characters that stand for themselves, `\.`, `\/`, `^`, `$`, `.`, one of these
 * with `?`, `.*`, `.+`, and a choice of words `(dev|prod)`. The platform's own engine takes these as RE2 does.
 * Loading RE2 costs more time than all else that is done with a config, so it is left to the patterns that need it.
 */
const PLAIN = /^(?:[\w/-]\??|[ ^$]|\\[./]|\.[*+?]?|\((?:[\w-]|\\\.)*(?:\|(?:[\w-]|\\\.)*)*\))*$/;
/** With more of `*`, `+` and `?` than this, an engine that goes back and tries again could be slow. */
const MOST_QUANTIFIERS = 2;

/** Throws BAD_PATTERN with the place for what RE2 does not take: `(?=`, `(?<=`, `\1`, an open bracket ... */
export async function compilePattern(source: string, place: Place): Promise<Pattern> {
  if (!isPlain(source)) return compileRe2(source, place);
  const expression = new RegExp(
    source.replace(/\\.|\./g, (token) => (token === "." ? "[^\\n]" : token)),
    "u",
  );
  return { source, matches: (text) => expression.test(text) };
}

function isPlain(source: string): boolean {
  return PLAIN.test(source) && (source.match(/[*+?]/g)?.length ?? 0) <= MOST_QUANTIFIERS;
}

async function compileRe2(source: string, place: Place): Promise<Pattern> {
  const { RE2JS } = await import("re2js");
  try {
    const expression = RE2JS.compile(source);
    return { source, matches: (text) => expression.matcher(text).find() };
  } catch (cause) {
    const why = isError(cause) ? cause.message : "unknown error";
    throw new SopsError("BAD_PATTERN", `cannot compile the regular expression: ${why}`, {
      hint: "sops uses the RE2 dialect of Go: no look-around, no back-references (https://golang.org/s/re2syntax)",
      place,
      cause,
    });
  }
}
