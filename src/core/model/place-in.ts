import type { Comment, ListNode, MapNode, Node } from "./tree.ts";
import { getAt, type PathPart, type TreePath } from "./tree-edit.ts";

/**
 * The path in `to` that leads to what `path` leads to in `from`: the same data, read from another text. List positions
 * count comments, as SOPS counts them, and comments may stand elsewhere there. Null: it leads to a comment.
 */
export function pathIn(to: MapNode, path: TreePath, from: MapNode): TreePath | null {
  const found: PathPart[] = [];
  for (const [depth, part] of path.entries()) {
    const old = getAt(from, path.slice(0, depth));
    const made = getAt(to, found);
    if (typeof part === "string" || old?.type !== "list" || made?.type !== "list") {
      found.push(part);
      continue;
    }
    const index = indexIn(made, part, old);
    if (index === null) return null;
    found.push(index);
  }
  return found;
}

function indexIn(to: ListNode, index: number, from: ListNode): number | null {
  const item = from.items[index];
  if (item === undefined) return to.items.length;
  if (item.type === "comment") return null;
  const ordinal = from.items.slice(0, index).filter(isData).length;
  const found = to.items.findIndex(
    (other, i) => isData(other) && to.items.slice(0, i).filter(isData).length === ordinal,
  );
  return found < 0 ? null : found;
}

const isData = (item: Node | Comment): boolean => item.type !== "comment";
