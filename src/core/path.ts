import { SopsError } from "./errors.ts";

type Part = string | number;

/**
 * A tree path to its parts: `["a"]["b"][0]` as SOPS writes it (cli spec section 4), or `a.b[0].c` for short.
 * The empty text is the whole tree. Throws BAD_PATH.
 */
export function parseTreePath(text: string): Part[] {
  if (text === "") return [];
  return text.startsWith("[") ? bracketed(text) : dotted(text);
}

/** One step of the short form: a key after a dot (none before the first), or brackets. */
const STEP = /(?:^|(?<=.)\.)([^.[\]]+)|\[([^[\]]*)\]/y;

function dotted(text: string): Part[] {
  const parts: Part[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < text.length) {
    const at = STEP.lastIndex;
    const [, key, inBrackets] = STEP.exec(text) ?? [];
    if (key !== undefined) parts.push(key);
    else if (inBrackets !== undefined) parts.push(part(inBrackets, text));
    else throw badPath(text, `it has neither a key nor [ ] at ${text.slice(at)}`);
  }
  return parts;
}

/** SOPS cuts at each `[`, so that a key with `[` cannot be named; a quote's first and last characters are dropped. */
function bracketed(text: string): Part[] {
  return text
    .split("[")
    .slice(1)
    .map((piece) => {
      if (!piece.endsWith("]")) throw badPath(text, "a [ is not closed by ]");
      return part(piece.slice(0, -1), text);
    });
}

/** What stands between brackets, of the path `whole`. */
function part(text: string, whole: string): Part {
  if (text.startsWith('"') || text.startsWith("'")) {
    if (text.length < 2) throw badPath(whole, "a quote is not closed");
    return text.slice(1, -1);
  }
  if (/^\d+$/.test(text)) return index(text, whole);
  throw badPath(
    whole,
    text === "" ? "[] is empty" : `${text} is neither a quoted key nor a list index from 0`,
  );
}

/** No list is that long: a larger number would be taken for another one. */
function index(text: string, whole: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  throw badPath(whole, `the index ${text} is too large`);
}

function badPath(path: string, why: string): SopsError {
  return new SopsError("BAD_PATH", `the path ${path} cannot be read: ${why}`, {
    hint: `write keys as ["key"] and list indices as [0], for example '["database"]["hosts"][0]'`,
  });
}

/** The parts as SOPS writes them: `["a"][0]`. */
export function formatTreePath(parts: readonly Part[]): string {
  return parts.map((p) => (typeof p === "number" ? `[${String(p)}]` : `["${p}"]`)).join("");
}
