/** Bits computed beyond those that are asked for: the error of a few thousand roundings stays in them. */
const GUARD = 64n;

/** The first `count` 32-bit words of pi's fraction, by Machin's formula: pi = 16 arctan(1/5) - 4 arctan(1/239). */
export function wordsOfPi(count: number): Uint32Array {
  const bits = BigInt(32 * count);
  const unit = 1n << (bits + GUARD);
  const pi = 16n * arctanOfInverse(5n, unit) - 4n * arctanOfInverse(239n, unit);
  const hex = ((pi - 3n * unit) >> GUARD).toString(16).padStart(8 * count, "0");
  return Uint32Array.from({ length: count }, (_, i) => parseInt(hex.slice(8 * i, 8 * i + 8), 16));
}

/** `unit` times arctan(1/x), by its power series. */
function arctanOfInverse(x: bigint, unit: bigint): bigint {
  const square = x * x;
  let power = unit / x;
  let sum = 0n;
  for (let n = 1n; power !== 0n; n += 4n) {
    sum += power / n;
    power /= square;
    sum -= power / (n + 2n);
    power /= square;
  }
  return sum;
}
