import type { SealedText, Site } from "../../../core/model/format.ts";
import type { Comment, MapItem, MapNode, Node } from "../../../core/model/tree.ts";
import { equalScalars } from "../../../core/model/tree-equal.ts";

/**
 * Does a sealed document read as the plain one does, each node and comment in its place? Comments move when something
 * is written near them; a comment in another container could not be opened there. Comments that are lost are not looked for.
 */
export function readsAlike(
  plain: MapNode,
  sealed: MapNode,
  sites: ReadonlyMap<Site, SealedText>,
  isLost: (comment: Comment) => boolean,
): boolean {
  const entries = sealed.entries.filter((e) => e.type === "comment" || e.key !== "sops");
  return alikeItems(plain.entries, entries, { sites, isLost });
}

interface Expected {
  readonly sites: ReadonlyMap<Site, SealedText>;
  readonly isLost: (comment: Comment) => boolean;
}

function alikeItems(a: readonly MapItem[], b: readonly MapItem[], expected: Expected): boolean {
  const kept = withoutLost(a, expected);
  return kept.length === b.length && kept.every((item, i) => alikeItem(item, b[i], expected));
}

function withoutLost<T extends { readonly type: string }>(
  items: readonly (T | Comment)[],
  { isLost }: Expected,
): (T | Comment)[] {
  return items.filter((item) => !isComment(item) || !isLost(item));
}

function isComment(item: { readonly type: string }): item is Comment {
  return item.type === "comment";
}

function alikeItem(a: MapItem, b: MapItem | undefined, expected: Expected): boolean {
  if (a.type === "comment") return b?.type === "comment" && alikeComments(a, b, expected);
  return b?.type === "entry" && a.key === b.key && alike(a.value, b.value, expected);
}

function alikeComments(a: Comment, b: Comment, expected: Expected): boolean {
  return b.text === (expected.sites.get(a)?.text ?? a.text);
}

function alike(a: Node | Comment, b: Node | Comment | undefined, expected: Expected): boolean {
  if (b === undefined) return false;
  if (a.type === "map") return b.type === "map" && alikeItems(a.entries, b.entries, expected);
  if (a.type === "list") return b.type === "list" && alikeLists(a.items, b.items, expected);
  if (a.type === "comment") return b.type === "comment" && alikeComments(a, b, expected);
  if (a.type === "null") return b.type === "null";
  const sealed = expected.sites.get(a)?.text ?? "";
  if (b.type !== "leaf") return false;
  if (sealed === "") return equalScalars(a.value, b.value);
  // A block scalar's value ends with line breaks, which SOPS ignores after the `]`.
  return b.value.kind === "str" && b.value.value.replace(/\n+$/, "") === sealed;
}

function alikeLists(
  a: readonly (Node | Comment)[],
  b: readonly (Node | Comment)[],
  expected: Expected,
): boolean {
  const kept = withoutLost(a, expected);
  return kept.length === b.length && kept.every((x, i) => alike(x, b[i], expected));
}
