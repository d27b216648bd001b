import { trim } from "./space.ts";

/** Where a key's name ends and its value may start, as offsets in the line. */
export interface KeyRead {
  /** Byte string, trimmed; empty: there is no name. */
  readonly name: string;
  /** The place after the delimiter. */
  readonly after: number;
  /** Text between a closing quote and the delimiter, which is no part of anything. */
  readonly junk: boolean;
}

/** Why a line is no `key = value`. */
export type KeyFault = "no-delimiter" | "no-name" | "open-quote";

/** Reads the name of a key line that starts with no white space (format.md 9). */
export function readKey(line: string): KeyRead | KeyFault {
  const quote = line.startsWith('"""') && line.length > 6 ? '"""' : /^["`]/.test(line) ? line.charAt(0) : "";
  if (quote === "") return readBareKey(line);
  const close = line.indexOf(quote, quote.length);
  if (close < 0) return "open-quote";
  const rest = line.slice(close + quote.length);
  const delimiter = rest.search(/[=:]/);
  if (delimiter < 0) return "no-delimiter";
  const name = trim(line.slice(quote.length, close));
  const after = close + quote.length + delimiter + 1;
  return name === "" ? "no-name" : { name, after, junk: trim(rest.slice(0, delimiter)) !== "" };
}

function readBareKey(line: string): KeyRead | KeyFault {
  const delimiter = line.search(/[=:]/);
  if (delimiter < 0) return "no-delimiter";
  const name = trim(line.slice(0, delimiter));
  return name === "" ? "no-name" : { name, after: delimiter + 1, junk: false };
}
