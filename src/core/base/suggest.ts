/** Longer words are no typing mistakes of a known name, and the comparison takes quadratic time. */
const LONGEST_WORD = 64;

/**
 * The candidate that `word` was probably meant to be; undefined where none is near. Near: at most one mistake for
 * every three characters. A mistake is a character too many, too few, another one, or two in each other's place;
 * upper and lower case are the same. The first of equally near candidates wins.
 */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > LONGEST_WORD) return undefined;
  let best: string | undefined;
  let fewest = Math.floor(Math.max(word.length, 3) / 3) + 1;
  for (const candidate of candidates) {
    const mistakes = distance(word.toLowerCase(), candidate.toLowerCase());
    if (mistakes >= fewest || mistakes >= candidate.length) continue;
    best = candidate;
    fewest = mistakes;
  }
  return best;
}

/** The Damerau-Levenshtein distance, in which no part of a word is edited twice (optimal string alignment). */
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(
        Math.min(
          at(last, j) + 1,
          at(row, j - 1) + 1,
          at(last, j - 1) + (same ? 0 : 1),
          swapped ? at(beforeLast, j - 2) + 1 : Infinity,
        ),
      );
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

const at = (row: readonly number[], j: number): number => row[j] ?? Infinity;
