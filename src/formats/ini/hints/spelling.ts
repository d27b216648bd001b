import { readValue } from "../parse/read-value.ts";
import { trim } from "../parse/space.ts";

/** Ways to quote a value on one line or more; a hint that is one of these says all about a value of any length. */
const QUOTES: readonly string[] = ['"""', '"', "'", "`"];

/** A value (byte string) as SOPS writes it (format.md 9). Not every value reads back from it. */
export function canonicalValue(value: string): string {
  if (/[\n`]/.test(value)) return `"""${value}"""`;
  if (/[#;]/.test(value)) return `\`${value}\``;
  return trim(value) === value ? value : `"${value}"`;
}

/** The canonical spelling where that reads back as the value, else one in quotes that does; null: there is none. */
export function safeSpelling(value: string): string | null {
  const spellings = [canonicalValue(value), ...QUOTES.map((quote) => quote + value + quote)];
  return spellings.find((source) => spells(source, value)) ?? null;
}

/** Whether `source` after a delimiter is this value and nothing else. */
export function spells(source: string, value: string): boolean {
  const read = readValue(source + "\n", 0);
  if (read?.value !== value || read.comment !== null) return false;
  return read.start === 0 && read.end === source.length && read.next === source.length + 1;
}

/** What has to be remembered to spell `value` as `source` does: a quote, the source itself, or null: nothing. */
export function hintFor(source: string, value: string): string | null {
  if (source === canonicalValue(value)) return null;
  return QUOTES.find((quote) => quote + value + quote === source) ?? source;
}

/** `value` in the spelling of a hint; null where the hint does not spell this very value. */
export function spellByHint(hint: string, value: string): string | null {
  const source = QUOTES.includes(hint) ? hint + value + hint : hint;
  return spells(source, value) ? source : null;
}
