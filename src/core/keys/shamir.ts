import { SopsError } from "../base/errors.ts";

/**
 * Shamir's secret sharing over GF(2^8) with the polynomial x^8+x^4+x^3+x+1, as in HashiCorp Vault and SOPS
 * (format.md 10). A share is the y of each secret byte, then one byte x; x counts from 1.
 */

const MAX_SHARES = 255;

/** a * b in GF(2^8), without tables or branches that depend on the values. */
export function multiply(a: number, b: number): number {
  let product = 0;
  for (let i = 7; i >= 0; i--) {
    product = (product << 1) ^ (-(product >> 7) & 0x11b);
    product ^= -((b >> i) & 1) & a;
  }
  return product & 255;
}

/** a / b in GF(2^8): b^254 is the inverse of b. `b` must not be 0. */
export function divide(a: number, b: number): number {
  let inverse = b;
  for (let i = 0; i < 6; i++) inverse = multiply(multiply(inverse, inverse), b);
  return multiply(a, multiply(inverse, inverse));
}

/** The polynomial with these coefficients (constant term first) at x. */
function evaluate(coefficients: Uint8Array, x: number): number {
  let y = 0;
  for (let i = coefficients.length - 1; i >= 0; i--) y = multiply(y, x) ^ (coefficients[i] ?? 0);
  return y;
}

/**
 * Splits `secret` (any length from 1 byte) into `parts` shares, of which `threshold` give it back.
 * Throws BAD_SHARES unless 2 <= threshold <= parts <= 255.
 */
export function split(
  secret: Uint8Array,
  parts: number,
  threshold: number,
  random: (length: number) => Uint8Array,
): Uint8Array[] {
  checkSplit(secret, parts, threshold);
  const shares = Array.from({ length: parts }, (_, i) => {
    const share = new Uint8Array(secret.length + 1);
    share[secret.length] = i + 1;
    return share;
  });
  const coefficients = new Uint8Array(threshold);
  secret.forEach((byte, at) => {
    coefficients.set(random(threshold - 1), 1);
    coefficients[0] = byte;
    shares.forEach((share, i) => (share[at] = evaluate(coefficients, i + 1)));
  });
  coefficients.fill(0);
  return shares;
}

function checkSplit(secret: Uint8Array, parts: number, threshold: number): void {
  const hint = "set shamir_threshold to a number from 2 to the number of key groups";
  const refuse = (message: string): SopsError => new SopsError("BAD_SHARES", message, { hint });
  if (threshold < 2) throw refuse(`the Shamir threshold must be at least 2, not ${String(threshold)}`);
  if (parts < threshold)
    throw refuse(`the Shamir threshold ${String(threshold)} is more than the ${String(parts)} key groups`);
  if (parts > MAX_SHARES) throw refuse(`there may be at most 255 key groups, not ${String(parts)}`);
  if (secret.length === 0) throw refuse("there is nothing to split");
}

/** The secret from at least as many shares as its threshold. Throws BAD_SHARES for shares that cannot belong together. */
export function combine(shares: readonly Uint8Array[]): Uint8Array {
  const xs = shares.map((share) => share.at(-1) ?? 0);
  checkShares(shares, xs);
  const weights = xs.map((x, i) => weightAtZero(xs, x, i));
  const secret = new Uint8Array((shares[0]?.length ?? 1) - 1);
  for (let at = 0; at < secret.length; at++)
    secret[at] = shares.reduce((sum, share, i) => sum ^ multiply(share[at] ?? 0, weights[i] ?? 0), 0);
  return secret;
}

function checkShares(shares: readonly Uint8Array[], xs: readonly number[]): void {
  const hint = "the metadata of the file is damaged: restore it from git";
  const first = shares[0];
  if (shares.length < 2 || first === undefined)
    throw new SopsError("BAD_SHARES", "fewer than two shares of the data key", { hint });
  if (first.length < 2 || shares.some((s) => s.length !== first.length))
    throw new SopsError("BAD_SHARES", "the shares of the data key differ in length", { hint });
  if (new Set(xs).size !== xs.length)
    throw new SopsError("BAD_SHARES", "two key groups hold the same share", { hint });
}

/** Lagrange's basis polynomial of share i at 0. */
function weightAtZero(xs: readonly number[], x: number, i: number): number {
  return xs.reduce(
    (product, other, j) => (j === i ? product : multiply(product, divide(other, other ^ x))),
    1,
  );
}
