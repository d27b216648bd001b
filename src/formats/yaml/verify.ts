import type { SealedText, Site } from "../../core/format.ts";
import type { Comment, MapItem, MapNode, Node } from "../../core/tree.ts";
import { equalScalars } from "../../core/tree-equal.ts";

/**
 * Does a sealed document read as the plain one does, each node and comment in its place? Comments move when something
 * is written near them; a comment in another container could not be opened there.
 */
export function readsAlike(plain: MapNode, sealed: MapNode, sites: ReadonlyMap<Site, SealedText>): boolean {
  const entries = sealed.entries.filter((e) => e.type === "comment" || e.key !== "sops");
  return alikeItems(plain.entries, entries, sites);
}

type Sites = ReadonlyMap<Site, SealedText>;

function alikeItems(a: readonly MapItem[], b: readonly MapItem[], sites: Sites): boolean {
  return a.length === b.length && a.every((item, i) => alikeItem(item, b[i], sites));
}

function alikeItem(a: MapItem, b: MapItem | undefined, sites: Sites): boolean {
  if (a.type === "comment") return b?.type === "comment" && alikeComments(a, b, sites);
  return b?.type === "entry" && a.key === b.key && alike(a.value, b.value, sites);
}

function alikeComments(a: Comment, b: Comment, sites: Sites): boolean {
  return b.text === (sites.get(a)?.text ?? a.text);
}

function alike(a: Node | Comment, b: Node | Comment | undefined, sites: Sites): boolean {
  if (b === undefined) return false;
  if (a.type === "map") return b.type === "map" && alikeItems(a.entries, b.entries, sites);
  if (a.type === "list")
    return (
      b.type === "list" &&
      a.items.length === b.items.length &&
      a.items.every((x, i) => alike(x, b.items[i], sites))
    );
  if (a.type === "comment") return b.type === "comment" && alikeComments(a, b, sites);
  if (a.type === "null") return b.type === "null";
  const sealed = sites.get(a)?.text ?? "";
  if (b.type !== "leaf") return false;
  if (sealed === "") return equalScalars(a.value, b.value);
  // A block scalar's value ends with line breaks, which SOPS ignores after the `]`.
  return b.value.kind === "str" && b.value.value.replace(/\n+$/, "") === sealed;
}
