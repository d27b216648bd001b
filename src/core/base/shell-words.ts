/**
 * Splits a command line as a POSIX shell would, with no shell: quotes, backslashes and `#` comments, no expansion
 * (the rules of the Go `shlex` package, which SOPS uses). Null: a quote or a backslash is left open.
 */
export function shellWords(text: string): string[] | null {
  const words: string[] = [];
  let at = skipBlanks(text, 0);
  while (at < text.length) {
    const word = readWord(text, at);
    if (word === null) return null;
    words.push(word.text);
    at = skipBlanks(text, word.end);
  }
  return words;
}

const isBlank = (c: string): boolean => c === " " || c === "\t" || c === "\r" || c === "\n";

/** Past white space and comments: a `#` starts one only where a word could start. */
function skipBlanks(text: string, start: number): number {
  let at = start;
  for (;;) {
    while (at < text.length && isBlank(text.charAt(at))) at++;
    if (text.charAt(at) !== "#") return at;
    const end = text.indexOf("\n", at);
    at = end < 0 ? text.length : end;
  }
}

interface Piece {
  readonly text: string;
  readonly end: number;
}

function readWord(text: string, start: number): Piece | null {
  let word = "";
  let at = start;
  while (at < text.length && !isBlank(text.charAt(at))) {
    const piece = readPiece(text, at);
    if (piece === null) return null;
    word += piece.text;
    at = piece.end;
  }
  return { text: word, end: at };
}

function readPiece(text: string, at: number): Piece | null {
  const c = text.charAt(at);
  if (c === "'") return singleQuoted(text, at + 1);
  if (c === '"') return doubleQuoted(text, at + 1);
  if (c !== "\\") return { text: c, end: at + 1 };
  return at + 1 < text.length ? { text: text.charAt(at + 1), end: at + 2 } : null;
}

function singleQuoted(text: string, start: number): Piece | null {
  const end = text.indexOf("'", start);
  return end < 0 ? null : { text: text.slice(start, end), end: end + 1 };
}

/** A backslash takes the next character as it is, whatever it is. */
function doubleQuoted(text: string, start: number): Piece | null {
  let out = "";
  for (let at = start; at < text.length; at++) {
    const c = text.charAt(at);
    if (c === '"') return { text: out, end: at + 1 };
    if (c === "\\") at++;
    out += c === "\\" ? text.charAt(at) : c;
  }
  return null;
}
