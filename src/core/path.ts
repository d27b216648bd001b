import { SopsError } from "./errors.ts";

type Part = string | number;

/**
 * A tree path to its parts: `["a"]["b"][0]` as SOPS writes it (cli spec section 4), or `a.b[0]` for short.
 * The empty text is the whole tree. Throws BAD_PATH.
 */
export function parseTreePath(text: string): Part[] {
  if (text === "") return [];
  return text.startsWith("[") ? bracketed(text, text) : dotted(text);
}

function dotted(text: string): Part[] {
  const at = text.indexOf("[");
  const names = (at < 0 ? text : text.slice(0, at)).split(".");
  if (names.some((n) => n === "")) throw badPath(text, "it has an empty key");
  return [...names, ...(at < 0 ? [] : bracketed(text.slice(at), text))];
}

/** SOPS cuts at each `[`, so that a key with `[` cannot be named; a quote's first and last characters are dropped. */
function bracketed(text: string, whole: string): Part[] {
  return text
    .split("[")
    .slice(1)
    .map((piece) => {
      if (!piece.endsWith("]")) throw badPath(whole, "a [ is not closed by ]");
      return part(piece.slice(0, -1), whole);
    });
}

function part(text: string, whole: string): Part {
  if (text.startsWith('"') || text.startsWith("'")) {
    if (text.length < 2) throw badPath(whole, "a quote is not closed");
    return text.slice(1, -1);
  }
  if (/^\d+$/.test(text)) return Number(text);
  throw badPath(whole, text === "" ? "[] is empty" : `${text} is neither a quoted key nor a list index from 0`);
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
