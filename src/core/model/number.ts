import { toByteString } from "../base/bytes.ts";
import type { Scalar } from "./tree.ts";

/** Shortest round-trip digits of a finite number: value = 0.DIGITS x 10^point. */
interface Digits {
  readonly negative: boolean;
  readonly digits: string;
  readonly point: number;
}

function digitsOf(value: number): Digits {
  const [mantissa = "0", exponent = "0"] = Math.abs(value).toExponential().split("e");
  return {
    negative: value < 0 || Object.is(value, -0),
    digits: mantissa.replace(".", ""),
    point: Number(exponent) + 1,
  };
}

function special(value: number): string | null {
  if (Number.isNaN(value)) return "NaN";
  if (value === Infinity) return "+Inf";
  return value === -Infinity ? "-Inf" : null;
}

/** Go's `FormatFloat(v, 'f', -1, 64)`: never an exponent; `-0`, `+Inf`, `-Inf`, `NaN` (format.md 2.2). */
export function formatFloatF(value: number): string {
  const named = special(value);
  if (named !== null) return named;
  const { negative, digits, point } = digitsOf(value);
  return (negative ? "-" : "") + positional(digits, point);
}

function positional(digits: string, point: number): string {
  if (digits === "0") return "0";
  if (point <= 0) return "0." + "0".repeat(-point) + digits;
  if (point >= digits.length) return digits + "0".repeat(point - digits.length);
  return digits.slice(0, point) + "." + digits.slice(point);
}

/** Go's `FormatFloat(v, 'g', -1, 64)`: exponent form iff the decimal exponent is below -4 or at least this (format.md 6.3). */
const G_EXPONENT = 6;

/** As above; the exponent has a sign and at least two digits. */
export function formatFloatG(value: number, letter: "e" | "E" = "e"): string {
  const named = special(value);
  if (named !== null) return named;
  const { negative, digits, point } = digitsOf(value);
  const exponent = point - 1;
  const sign = negative ? "-" : "";
  if (digits === "0") return sign + "0";
  if (exponent >= -4 && exponent < G_EXPONENT) return sign + positional(digits, point);
  const fraction = digits.length > 1 ? "." + digits.slice(1) : "";
  const power = String(Math.abs(exponent)).padStart(2, "0");
  return `${sign}${digits.charAt(0)}${fraction}${letter}${exponent < 0 ? "-" : "+"}${power}`;
}

/** The text of a scalar outside YAML and JSON: dotenv, INI, environment variables (format.md 6.3, last column). */
export function valToString(value: Scalar | null): string {
  if (value === null) return "<nil>";
  if (value.kind === "float") return withPoint(formatFloatG(value.value, "E"));
  if (value.kind === "bool") return value.value ? "true" : "false";
  if (value.kind === "bytes") return toByteString(value.value);
  // Whole seconds only: here SOPS prints RFC 3339 without the fraction.
  if (value.kind === "time") return value.value.replace(/\.\d+/, "");
  return value.kind === "int" ? value.value.toString() : value.value;
}

function withPoint(text: string): string {
  return /[.EN]|Inf/.test(text) ? text : text + ".0";
}

/** The plaintext of a leaf as text: what is encrypted and hashed (format.md 2.2). Not for `bytes`. */
export function plaintextText(value: Exclude<Scalar, { kind: "bytes" }>): string {
  if (value.kind === "float") return formatFloatF(value.value);
  if (value.kind === "bool") return value.value ? "True" : "False";
  return value.kind === "int" ? value.value.toString() : value.value;
}
