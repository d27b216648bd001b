import type { Span } from "../../../core/model/tree.ts";
import type { Anchored } from "./compose.ts";

/** A file may have as many anchors as values, and an alias for each: all look-ups here are by halving. */

/** The anchors of each name in text order: a name may be given anew. */
export function byName(anchors: readonly Anchored[]): ReadonlyMap<string, readonly Anchored[]> {
  const groups = new Map<string, Anchored[]>();
  for (const anchor of anchors) {
    const group = groups.get(anchor.name);
    if (group === undefined) groups.set(anchor.name, [anchor]);
    else group.push(anchor);
  }
  for (const group of groups.values()) group.sort((a, b) => a.at - b.at);
  return groups;
}

/** The last anchor of a sorted list that stands before a place; undefined: none. */
export function lastBefore(anchors: readonly Anchored[], at: number): Anchored | undefined {
  return anchors[countBefore(anchors, (anchor) => anchor.at < at) - 1];
}

/** Stretches of a text that never overlap. */
export class Stretches {
  readonly #sorted: readonly Span[];

  constructor(spans: readonly Span[]) {
    this.#sorted = [...spans].sort((a, b) => a.start - b.start);
  }

  /** Does one of them hold all of this span? */
  hold({ start, end }: Span): boolean {
    const last = this.#sorted[countBefore(this.#sorted, (span) => span.start <= start) - 1];
    return last !== undefined && end <= last.end;
  }
}

/** How many items from the start on hold; of a sorted list, in which none holds after one that does not. */
function countBefore<T>(items: readonly T[], holds: (item: T) => boolean): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item !== undefined && holds(item)) low = middle + 1;
    else high = middle;
  }
  return low;
}
