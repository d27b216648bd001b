import type { KeyRef } from "./key.ts";

/** How the keys of one group change, by their identity texts. */
export interface GroupDiff {
  readonly kept: readonly string[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/**
 * Compares key groups by their position: group i of a file with group i of its rule, a missing one being empty. The
 * order of keys inside a group says nothing. `identity`: what tells two keys apart (format.md 11).
 */
export function diffGroups(
  before: readonly (readonly KeyRef[])[],
  after: readonly (readonly KeyRef[])[],
  identity: (key: KeyRef) => string,
): readonly GroupDiff[] {
  const count = Math.max(before.length, after.length);
  return Array.from({ length: count }, (_, i) => {
    const [old, wanted] = [(before[i] ?? []).map(identity), (after[i] ?? []).map(identity)];
    return {
      kept: wanted.filter((name) => old.includes(name)),
      added: wanted.filter((name) => !old.includes(name)),
      removed: old.filter((name) => !wanted.includes(name)),
    };
  });
}

/** The keys that stand in some group before and in none after. */
export function takenOut(
  before: readonly (readonly KeyRef[])[],
  after: readonly (readonly KeyRef[])[],
  identity: (key: KeyRef) => string,
): readonly string[] {
  const left = new Set(after.flat().map(identity));
  return [...new Set(before.flat().map(identity))].filter((name) => !left.has(name));
}

/** A name that ends in a slash lacks its last part (an Azure key without its version) and means each of them. */
export function isNamed(identity: string, name: string): boolean {
  return identity === name || (name.endsWith("/") && identity.startsWith(name));
}
