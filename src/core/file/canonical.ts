import { SopsError } from "../base/errors.ts";
import type { EmitOptions, Format } from "../model/format.ts";
import type { Tree } from "../model/tree.ts";
import { type Difference, firstDifference } from "../model/tree-data.ts";

/** A text that was made from a tree, and how it reads. */
export interface CanonicalText {
  readonly bytes: Uint8Array;
  /** Where it reads back as other data than the tree; null: nowhere. */
  readonly difference: Difference | null;
}

/**
 * What SOPS prints for this tree, or where that reads back as other data, a spelling of ours that does not. A number's
 * kind may be lost as SOPS loses it (2.0 is printed as 2). What no spelling helps is answered with the difference.
 */
export function canonicalText(format: Format, tree: Tree, options?: EmitOptions): CanonicalText {
  const printed = readable(format, format.emit(tree, options), tree);
  if (printed.difference === null || printed.difference.kindOnly) return printed;
  return exactText(format, tree, options) ?? printed;
}

/** A text that reads back as this very tree, the kinds of its numbers included; null: the format has none. */
export function exactText(format: Format, tree: Tree, options?: EmitOptions): CanonicalText | null {
  for (const exact of [false, true]) {
    const printed = readable(format, format.emit(tree, { ...options, exact }), tree);
    if (printed.difference === null) return printed;
  }
  return null;
}

function readable(format: Format, bytes: Uint8Array, tree: Tree): CanonicalText {
  return { bytes, difference: differenceOf(format, bytes, tree) };
}

/** How a text reads beside the tree that it should stand for; what does not parse differs from the start. */
export function differenceOf(format: Format, bytes: Uint8Array, tree: Tree): Difference | null {
  if (format.opaque === true) return null;
  try {
    return firstDifference(tree, format.parsePlain(bytes).tree, format.flat === true);
  } catch (error) {
    if (error instanceof SopsError) return { path: [], kindOnly: false };
    throw error;
  }
}
