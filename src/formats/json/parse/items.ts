import type { Comment, Entry, ListNode, MapNode, Node, Span } from "../../../core/model/tree.ts";

/** What stands in a container, between its commas. */
export type Item = Entry | Node | Comment;

/** The entries or elements of a container. */
export function itemsOf(container: MapNode | ListNode): readonly Item[] {
  return container.type === "map" ? container.entries : container.items;
}

/** The span of a node that was parsed from text. */
export function spanOf(node: { readonly span?: Span }): Span {
  return known(node.span);
}

function known(span: Span | undefined): Span {
  if (span === undefined) throw new TypeError("a node of a parsed text has a span");
  return span;
}

/** From the start of an item's key, if it has one, to the end of its value. */
export function itemSpan(item: Item): Span {
  if (item.type !== "entry") return spanOf(item);
  return { start: known(item.keySpan).start, end: spanOf(item.value).end };
}

/**
 * The characters to take out with item `index`: it, the space before it and one comma; all that an only item leaves
 * between the brackets. What stands after the last item stays.
 */
export function removalSpan(container: MapNode | ListNode, index: number): Span {
  const items = itemsOf(container);
  const [before, item, after] = [items[index - 1], items[index], items[index + 1]];
  const { start, end } = spanOf(container);
  if (item === undefined) throw new RangeError("there is no such item");
  if (before !== undefined) return { start: itemSpan(before).end, end: itemSpan(item).end };
  if (after !== undefined) return { start: itemSpan(item).start, end: itemSpan(after).start };
  return { start: start + 1, end: end - 1 };
}
