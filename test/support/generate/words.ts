import type { Random } from "./random.ts";

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCXYZ0123456789_-";

export const TRAP_STRINGS: readonly [string, ...string[]] = [
  "",
  " ",
  "x",
  "hello world",
  "it's",
  'say "hi"',
  "a: b",
  "a #b",
  "#lead",
  "- dash",
  "-x",
  "?x",
  ":x",
  "x:",
  "@at",
  "`tick`",
  "%pct",
  "&amp",
  "*star",
  "!bang",
  "|pipe",
  ">gt",
  "{curly}",
  "[square]",
  "a,b",
  "a]",
  "true",
  "True",
  "TRUE",
  "false",
  "null",
  "Null",
  "~",
  "yes",
  "No",
  "on",
  "OFF",
  "y",
  "n",
  "1",
  "01",
  "0x1F",
  "0o17",
  "1_000",
  "1.5",
  "1e3",
  "-0",
  ".inf",
  ".NaN",
  "1:20",
  "2024-01-01",
  "2024-01-01T10:00:00Z",
  "<<",
  "=",
  "---",
  "...",
  "a<b>&c",
  "tab\there",
  " lead",
  "trail ",
  "über",
  "日本語",
  "e\u0301",
  "😀",
  "\u2028",
  "nbsp\u00a0x",
  "\u007f",
  "back\\slash",
  "C:\\new\\table",
  "a\\nb",
  "$HOME",
  "${X}",
  "%(x)s",
  "ENC[AES256_GCM,data:x]",
  "ENC[",
  "sops",
  "postgres://u:p@h:5432/db?a=1&b=2",
  "!!binary",
  "null ",
  "0b11",
  "+1",
  "1.",
  ".5",
  "08",
  "1e400",
];

const MULTILINE: readonly [string, ...string[]] = [
  "a\nb",
  "a\nb\n",
  "a\n\nb\n\n",
  "\nlead",
  "  indented\nback",
  "trail \nx",
  "-----BEGIN KEY-----\nabc\ndef\n-----END KEY-----\n",
  "a\r\nb",
  "tab\tx\ny",
  "\n",
  "#c\n#d",
];

export function word(r: Random): string {
  return r.times(1, 8, () => LETTERS.charAt(r.int(LETTERS.length))).join("");
}

/** A name that starts with a letter. */
export function name(r: Random): string {
  return r.pick(["a", "b", "key", "Db", "x_"]) + word(r);
}

export function anyString(r: Random): string {
  if (r.chance(0.45)) return word(r);
  return r.chance(0.85) ? r.pick(TRAP_STRINGS) : r.pick(MULTILINE);
}
