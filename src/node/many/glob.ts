/**
 * File name patterns as shells have them: `*`, `?`, `[a-z]`, `{a,b}` within one part of a path, `**` for any number of
 * folders. A name that starts with a dot is matched only by a part that does. Parts are cut at `/` on every platform, on
 * Windows at `\` too; elsewhere `\` takes its meaning from the character behind it.
 */
export type GlobPart =
  | { readonly type: "name"; readonly name: string }
  | { readonly type: "any-folders" }
  | { readonly type: "pattern"; readonly matches: (name: string) => boolean };

export interface Glob {
  readonly absolute: boolean;
  readonly parts: readonly GlobPart[];
}

/** More than any command line needs: each pair of braces multiplies. */
const MOST_ALTERNATIVES = 1000;

/** One glob for each combination of what the braces hold. */
export function parseGlobs(text: string, windows: boolean): readonly Glob[] {
  return expandBraces(text).map((pattern) => {
    const path = windows ? pattern.replaceAll("\\", "/") : pattern;
    const parts = path.split("/").filter((part, i) => part !== "" && (part !== "." || i === 0));
    return { absolute: path.startsWith("/"), parts: parts.map((part) => partOf(part, windows)) };
  });
}

/** `a{b,c}d` is `abd` and `acd`; braces without a comma mean themselves. */
function expandBraces(text: string): readonly string[] {
  const done: string[] = [];
  const open = [text];
  while (open.length > 0 && open.length + done.length <= MOST_ALTERNATIVES) {
    const pattern = open.shift() ?? "";
    const found = /\{([^{}]*,[^{}]*)\}/.exec(pattern);
    if (found === null) {
      done.push(pattern);
      continue;
    }
    const [before, after] = [pattern.slice(0, found.index), pattern.slice(found.index + found[0].length)];
    open.push(...(found[1] ?? "").split(",").map((choice) => before + choice + after));
  }
  return [...done, ...open];
}

function partOf(part: string, windows: boolean): GlobPart {
  if (part === "**") return { type: "any-folders" };
  const plain = windows ? part : part.replace(/\\(.)/g, "$1");
  if (!/[*?[]/.test(windows ? part : part.replace(/\\./g, ""))) return { type: "name", name: plain };
  const tokens = tokensOf(part, windows);
  const hidden = part.startsWith(".");
  return {
    type: "pattern",
    matches: (name) => (hidden || !name.startsWith(".")) && matchTokens(tokens, Array.from(name)),
  };
}

/** "any": any number of characters; otherwise one character that the function takes. */
type Token = "any" | ((character: string) => boolean);

function tokensOf(part: string, windows: boolean): readonly Token[] {
  const tokens: Token[] = [];
  const characters = Array.from(part);
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i] ?? "";
    const set = character === "[" ? setAt(characters, i) : null;
    if (set !== null) {
      tokens.push(set.takes);
      i = set.end;
    } else if (character === "*") {
      if (tokens.at(-1) !== "any") tokens.push("any");
    } else if (character === "?") tokens.push(() => true);
    else if (character === "\\" && !windows && i + 1 < characters.length) {
      const escaped = characters[++i];
      tokens.push((c) => c === escaped);
    } else tokens.push((c) => c === character);
  }
  return tokens;
}

interface CharacterSet {
  readonly takes: (character: string) => boolean;
  /** The index of its `]`. */
  readonly end: number;
}

/** `[a-z]`, `[!a-z]`; null where no `]` closes it: then the bracket means itself. */
function setAt(characters: readonly string[], open: number): CharacterSet | null {
  const negated = characters[open + 1] === "!" || characters[open + 1] === "^";
  const first = open + (negated ? 2 : 1);
  // A `]` that stands first is a member.
  const end = characters.indexOf("]", first + 1);
  if (end < 0) return null;
  const ranges: [string, string][] = [];
  for (let i = first; i < end; i++) {
    const from = characters[i] ?? "";
    const isRange = characters[i + 1] === "-" && i + 2 < end;
    ranges.push([from, isRange ? (characters[i + 2] ?? "") : from]);
    if (isRange) i += 2;
  }
  const takes = (c: string): boolean => ranges.some(([from, to]) => from <= c && c <= to) !== negated;
  return { takes, end };
}

/** Goes back to the last `*` only: linear but for the length of one part. */
function matchTokens(tokens: readonly Token[], name: readonly string[]): boolean {
  let [t, n] = [0, 0];
  let back: { readonly t: number; n: number } | null = null;
  while (n < name.length) {
    const token = tokens[t];
    if (token === "any") {
      back = { t: ++t, n };
    } else if (token?.(name[n] ?? "") === true) {
      t++;
      n++;
    } else if (back !== null) {
      t = back.t;
      n = ++back.n;
    } else return false;
  }
  return tokens.slice(t).every((token) => token === "any");
}
