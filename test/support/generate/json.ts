import type { Random } from "./random.ts";
import { anyString, name } from "./words.ts";

const NUMBERS: readonly [string, ...string[]] = [
  // Integers beyond 2^53 that fit int64, and -0, are left out: sops 3.12 reads them as floats, 3.13 and enc as integers.
  "0",
  "1",
  "42",
  "-7",
  "9007199254740991",
  "9223372036854775808",
  "1.0",
  "1.10",
  "1.5",
  "-0.0",
  "1e3",
  "1E+2",
  "1e21",
  "1e-7",
  "0.000001",
  "123456789.125",
  "1e20",
  "100000000000000000000000",
];

/** A JSON text with odd spacing, escapes, duplicate keys and numbers that JavaScript loses. */
export function jsonDocument(r: Random): string {
  const body = object(r, 0);
  return r.pick(["", "", "\n", " "]) + body + r.pick(["", "\n", "\n", "\n\n", " \n"]);
}

function object(r: Random, depth: number): string {
  return container(
    r,
    depth,
    "{",
    "}",
    () => `${string(r, key(r))}${r.pick([":", ": ", ": ", " : "])}${value(r, depth + 1)}`,
  );
}

function key(r: Random): string {
  if (r.chance(0.1))
    return r.pick(["__proto__", "1", "a_unencrypted", "x:y", "", "ключ", "constructor", "a.b", "[0]"]);
  return name(r);
}

function value(r: Random, depth: number): string {
  const kind = r.int(depth > 3 ? 6 : 9);
  if (kind === 0) return r.pick(["true", "false", "null"]);
  if (kind === 1) return r.pick(NUMBERS);
  if (kind < 6) return string(r, anyString(r));
  if (kind === 6) return container(r, depth, "[", "]", () => value(r, depth + 1));
  return object(r, depth);
}

function container(r: Random, depth: number, open: string, close: string, item: () => string): string {
  const items = r.times(depth === 0 ? 1 : 0, 4, item);
  if (items.length === 0) return r.pick([open + close, `${open} ${close}`, `${open}\n${close}`]);
  if (r.chance(0.4)) return `${open}${items.join(r.pick([",", ", ", " ,"]))}${close}`;
  const pad = "\n" + "  ".repeat(depth + 1);
  return `${open}${pad}${items.join("," + pad)}\n${"  ".repeat(depth)}${close}`;
}

function string(r: Random, text: string): string {
  const plain = JSON.stringify(text);
  if (r.chance(0.7)) return plain;
  return plain.replace(/[<>&/a\u00e9]/g, (c) =>
    r.chance(0.5) ? c : "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"),
  );
}
