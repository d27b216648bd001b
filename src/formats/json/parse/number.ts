import type { Scalar } from "../../../core/model/tree.ts";

const INT = /^-?\d+$/;
/** Longer digits cannot be 64-bit, since JSON has no leading zeros; this keeps `BigInt` off endless input. */
const LONGEST_INT = 20;
const MIN_INT = -(2n ** 63n);
const MAX_INT = 2n ** 63n - 1n;

/**
 * A JSON number as SOPS types it (format.md 7): what reads as a 64-bit integer is an int (`-0` is 0),
 * all else a float. Null where it is too large for a double.
 */
export function numberOf(text: string): Scalar | null {
  if (text.length <= LONGEST_INT && INT.test(text)) {
    const value = BigInt(text);
    if (value >= MIN_INT && value <= MAX_INT) return { kind: "int", value };
  }
  const value = Number(text);
  return Number.isFinite(value) ? { kind: "float", value } : null;
}
