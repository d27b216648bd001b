import type { Comment, Entry, Node } from "../../../core/model/tree.ts";

/** Container comments, and the items between them: SOPS' way from the flat list back to go-yaml's nodes. */
export interface Attached<T> {
  readonly head: readonly string[];
  readonly items: readonly {
    readonly item: T;
    readonly head: readonly string[];
    readonly line: readonly string[];
  }[];
  readonly foot: readonly string[];
}

/**
 * Pending comments that are not inline head the next item (the container, at its start); pending inline ones stand on
 * the next value's line; what is left is the foot of the last item (format.md 6.3).
 */
export function attach<T extends { type: string }>(entries: readonly (T | Comment)[]): Attached<T> {
  const items: { item: T; head: string[]; line: string[] }[] = [];
  let [head, line, first]: [string[], string[], string[]] = [[], [], []];
  for (const entry of entries) {
    if (isComment(entry)) (entry.inline ? line : head).push(entry.text);
    else {
      if (items.length === 0) [first, head] = [head, []];
      items.push({ item: entry, head, line });
      [head, line] = [[], []];
    }
  }
  const rest = [...head, ...line];
  return items.length === 0 ? { head: rest, items, foot: [] } : { head: first, items, foot: rest };
}

function isComment(entry: { type: string }): entry is Comment {
  return entry.type === "comment";
}

/** The comments at the start of a container, before its first item: they head the container itself. */
export function headOf(node: Node): readonly string[] {
  if (node.type === "map") return attach<Entry>(node.entries).head;
  return node.type === "list" ? attach<Node>(node.items).head : [];
}
