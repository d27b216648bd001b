import type { Scalar } from "../../../core/model/tree.ts";
import { equalScalars } from "../../../core/model/tree-equal.ts";
import { numberOf } from "../parse/number.ts";
import { parseScalar } from "../parse/parse.ts";
import { escapeUnit, quoteGo, quoteGoBytes } from "../parse/quote.ts";

/** How other writers spell strings; a hint that names one says all about a string of any length. */
const STYLES: ReadonlyMap<string, (value: string) => string> = new Map([
  // JavaScript: only what must be escaped
  ["m", (value: string) => JSON.stringify(value)],
  // Python: ASCII only
  ["a", (value: string) => asciiOnly(JSON.stringify(value))],
  // PHP with JSON_UNESCAPED_UNICODE: slashes as well
  ["s", (value: string) => slashes(JSON.stringify(value))],
  // PHP: both
  ["as", (value: string) => slashes(asciiOnly(JSON.stringify(value)))],
]);

const asciiOnly = (text: string): string => text.replace(/[^\x20-\x7e]/g, escapeUnit);
const slashes = (text: string): string => text.replaceAll("/", "\\/");

/** A scalar as SOPS prints it (format.md 6.3 and 7); null for a float that JSON cannot hold. */
export function canonicalScalar(value: Scalar): string | null {
  switch (value.kind) {
    case "str":
    case "time":
      return quoteGo(value.value);
    case "bytes":
      return quoteGoBytes(value.value);
    case "int":
    case "bool":
      return String(value.value);
    case "float":
      return Number.isFinite(value.value) ? floatText(value.value) : null;
  }
}

/** Go's and JavaScript's rules for floats are the same but for negative zero. */
function floatText(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** The same, but a float reads again as a float: a new value in a file that keeps its layout keeps its kind too. */
export function typedScalar(value: Scalar): string | null {
  const text = canonicalScalar(value);
  return value.kind === "float" && text !== null && numberOf(text)?.kind === "int" ? `${text}.0` : text;
}

/** What has to be remembered to spell `value` as `source` does: a style's code, the source itself, or null: nothing. */
export function hintFor(source: string, value: Scalar): string | null {
  if (source === canonicalScalar(value)) return null;
  if (value.kind === "str")
    for (const [code, spell] of STYLES) if (spell(value.value) === source) return code;
  return source;
}

/** `value` in the spelling of a hint; null where the hint does not spell this very value. */
export function spellByHint(hint: string, value: Scalar): string | null {
  const style = STYLES.get(hint);
  if (style !== undefined) return value.kind === "str" ? style(value.value) : null;
  const spelled = parseScalar(hint);
  return spelled !== null && equalScalars(spelled, value) ? hint : null;
}
