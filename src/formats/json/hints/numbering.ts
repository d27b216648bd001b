import type { Leaf, MapNode } from "../../../core/model/tree.ts";
import { type Item, itemsOf } from "../parse/items.ts";

/** A container that is being walked. */
interface Frame {
  readonly items: readonly Item[];
  readonly parent: Frame | null;
  /** Index of the item that comes next. */
  next: number;
}

/** Calls `visit` for each leaf in document order, with its number: see `Hint.at`. */
export function forEachLeaf(root: MapNode, visit: (leaf: Leaf, at: number) => void): void {
  let frame: Frame | null = { items: itemsOf(root), parent: null, next: 0 };
  // The root is number 0.
  let at = 1;
  while (frame !== null) {
    const item: Item | undefined = frame.items[frame.next++];
    if (item === undefined) {
      frame = frame.parent;
      continue;
    }
    const node = item.type === "entry" ? item.value : item;
    if (node.type === "leaf") visit(node, at);
    else if (node.type === "map" || node.type === "list")
      frame = { items: itemsOf(node), parent: frame, next: 0 };
    at++;
  }
}
