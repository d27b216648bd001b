/** Is there a number in [from, to)? The list is sorted. */
export function hasBetween(sorted: readonly number[], from: number, to: number): boolean {
  const next = sorted[firstAtLeast(sorted, from)];
  return next !== undefined && next < to;
}

function firstAtLeast(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The list stays sorted. */
export function insertSorted(sorted: number[], value: number): void {
  sorted.splice(firstAtLeast(sorted, value), 0, value);
}
