import type { Random } from "./random.ts";
import { name, word } from "./words.ts";

const VALUES: readonly [string, ...string[]] = [
  "",
  "x",
  "hello world",
  '"quoted"',
  "'single'",
  "`tick`",
  "`a#b`",
  "`a;b`",
  "a=b",
  "a:b",
  "true",
  "1.0",
  "%(x)s",
  "über",
  "日本",
  "😀",
  '"""multi\nline"""',
  "C:\\dir",
  "it's",
  'say "hi" now',
  "  pad  ",
  "[x]",
  "null",
  '""',
  "postgres://u:p@h/db",
];

/** An INI text: comments of both signs, sections, padding, quoting, duplicate sections. */
export function iniDocument(r: Random): string {
  const parts = [r.chance(0.4) ? keys(r) : "", ...r.times(1, 4, () => section(r))];
  return parts.join("") + (r.chance(0.2) ? "\n" : "");
}

function section(r: Random): string {
  const header = `[${r.chance(0.1) ? r.pick(["a.b", "with space", "Ünï", "x_unencrypted"]) : name(r)}]`;
  return `${comment(r)}${header}\n${keys(r)}${r.pick(["", "\n", "\n\n"])}`;
}

function keys(r: Random): string {
  const used = new Set<string>();
  return r.times(1, 4, () => keyLine(r, used)).join("");
}

function keyLine(r: Random, used: Set<string>): string {
  const key = name(r);
  if (used.has(key)) return "";
  used.add(key);
  const value = r.chance(0.4) ? word(r) : r.pick(VALUES);
  const trailing = r.chance(0.1) ? r.pick([" ; note", " # note", ";tight"]) : "";
  return `${comment(r)}${r.pick(["", "", "", "  "])}${key}${r.pick([" = ", "=", " =", "= ", " : ", "   = "])}${value}${trailing}\n`;
}

function comment(r: Random): string {
  if (r.chance(0.8)) return "";
  return r.pick(["; note\n", "# note\n", ";tight\n", "; one\n; two\n", "# a\n; b\n"]);
}
