import type { Comment, Node, Tree } from "../../../core/model/tree.ts";

/** Visits all that `Hint.at` counts, in its order: maps, lists, leaves, nulls and comments, parents first, from 0. A lost comment has no number. */
export function eachNumbered(
  tree: Tree,
  visit: (node: Node | Comment, number: number) => void,
  isLost: (comment: Comment) => boolean = () => false,
): void {
  let next = 0;
  const walk = (node: Node | Comment): void => {
    if (node.type === "comment" && isLost(node)) return;
    visit(node, next++);
    if (node.type === "map")
      for (const item of node.entries) walk(item.type === "comment" ? item : item.value);
    else if (node.type === "list") for (const item of node.items) walk(item);
  };
  for (const document of tree.documents) walk(document);
}
