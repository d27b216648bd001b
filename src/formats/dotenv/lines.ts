import { SopsError } from "../../core/base/errors.ts";
import type { Comment, Leaf, MapItem, Scalar, Span } from "../../core/model/tree.ts";
import { isAscii, lineAt, nameText, rawToScalar } from "../byte-text.ts";

/** Keys with this prefix are the metadata block (format.md 5.4). */
export const PREFIX = "sops_";

/** One line of the metadata block: its flat name without the prefix, its value, and the line with its LF. */
interface BlockLine {
  readonly name: string;
  readonly value: string;
  readonly line: Span;
}

export interface Lines {
  /** Entries (str or bytes leaves) and comments in file order. A span holds a value, or a comment's text after `#`. */
  readonly items: readonly MapItem[];
  readonly block: readonly BlockLine[];
}

/** How the lines of one text are read: ASCII without a `\n` pair needs neither decoding nor unescaping. */
interface Dialect {
  readonly text: string;
  readonly ascii: boolean;
  readonly escapes: boolean;
}

/** Reads SOPS' line dialect (format.md 8) from a byte string. Throws PARSE with the line. */
export function readLines(text: string): Lines {
  const dialect = { text, ascii: isAscii(text), escapes: text.includes("\\n") };
  const items: MapItem[] = [];
  const block: BlockLine[] = [];
  for (let start = 0; start < text.length;) {
    const found = text.indexOf("\n", start);
    const end = found < 0 ? text.length : found;
    if (end > start) readLine(dialect, start, end, items, block);
    start = end + 1;
  }
  return { items, block };
}

function readLine(dialect: Dialect, start: number, end: number, items: MapItem[], block: BlockLine[]): void {
  const { text } = dialect;
  if (text.charCodeAt(start) === 0x23) {
    items.push(readComment(dialect, start + 1, end));
    return;
  }
  const equals = text.indexOf("=", start);
  if (equals < 0 || equals >= end) throw noEquals(text, start, end);
  if (text.startsWith(PREFIX, start)) block.push(readBlockLine(text, start, equals, end));
  else
    items.push({
      type: "entry",
      key: readKey(dialect, start, equals),
      value: readLeaf(dialect, equals + 1, end),
    });
}

function readComment({ text, ascii }: Dialect, start: number, end: number): Comment {
  const raw = text.slice(start, end);
  return { type: "comment", text: ascii ? raw : nameText(raw), inline: false, span: { start, end } };
}

function readKey({ text, ascii }: Dialect, start: number, end: number): string {
  const raw = text.slice(start, end);
  return ascii ? raw : nameText(raw);
}

function readLeaf({ text, ascii, escapes }: Dialect, start: number, end: number): Leaf {
  const raw = text.slice(start, end);
  const value = escapes ? raw.replaceAll("\\n", "\n") : raw;
  const scalar: Scalar = ascii ? { kind: "str", value } : rawToScalar(value);
  return { type: "leaf", value: scalar, span: { start, end } };
}

/** CR at line ends of the block are a checkout's work, never data. */
function readBlockLine(text: string, start: number, equals: number, end: number): BlockLine {
  const valueEnd = text.charCodeAt(end - 1) === 0x0d ? end - 1 : end;
  return {
    name: nameText(text.slice(start + PREFIX.length, equals)),
    value: nameText(text.slice(equals + 1, valueEnd)).replaceAll("\\n", "\n"),
    line: { start, end: Math.min(end + 1, text.length) },
  };
}

function noEquals(text: string, start: number, end: number): SopsError {
  const place = { line: lineAt(text, start) };
  const line = text.slice(start, end);
  if (line === "\r")
    return new SopsError("PARSE", "an empty line ends with CR LF, which sops cannot read in a .env file", {
      hint: "convert the file to LF line ends (dos2unix), or take its empty lines out",
      place,
    });
  const trimmed = line.trim();
  return new SopsError("PARSE", "a line of the .env file is neither KEY=value nor a comment", {
    hint: trimmed === "" ? "it holds only spaces: make it empty" : hintFor(trimmed, line),
    place,
  });
}

function hintFor(trimmed: string, line: string): string {
  if (trimmed.startsWith("#")) return "a comment must start in the first column";
  if (/["']/.test(line)) return "a value is one line: write its line ends as \\n";
  return "write KEY= for an empty value";
}
