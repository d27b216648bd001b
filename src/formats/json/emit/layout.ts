import type { ListNode, MapNode } from "../../../core/model/tree.ts";
import { itemsOf, itemSpan, spanOf } from "../parse/items.ts";
import type { PrintStyle } from "./print.ts";
import { typedScalar as spell } from "../hints/spelling.ts";

const COLON = /^[ \t]*:[ \t]*$/;

/** How the people who wrote a container lay out its items. */
export interface Layout extends PrintStyle {
  /** Indentation of an item that stands on its own line. */
  readonly margin: string;
}

/** The layout of the top-level object; SOPS' own where it is empty. */
export function rootLayout(text: string, root: MapNode): Layout {
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  if (root.entries.length === 0) return { newline, unit: "\t", margin: "\t", colon: ": ", gap: "", spell };
  const colon = colonOf(text, root);
  const broken = lineBreak(text, root);
  const gap = gapOf(text, root, colon);
  return broken === null
    ? { newline: null, unit: "", margin: "", colon, gap, spell }
    : { newline: broken.newline, unit: broken.margin, margin: broken.margin, colon, gap, spell };
}

/** The layout of a container inside, whose own items say more than the top level. Must not be empty. */
export function innerLayout(text: string, container: MapNode | ListNode, outer: Layout): Layout {
  const broken = lineBreak(text, container);
  const colon = container.type === "map" ? colonOf(text, container) : outer.colon;
  const gap = gapOf(text, container, colon);
  return broken === null
    ? { ...outer, newline: null, margin: "", colon, gap }
    : { ...outer, newline: broken.newline, margin: broken.margin, colon, gap };
}

/** The last line break before an item of this container. */
function lineBreak(text: string, container: MapNode | ListNode): { newline: string; margin: string } | null {
  const items = itemsOf(container);
  for (let i = items.length - 1; i >= 0; i--) {
    const gap = textBefore(text, container, i);
    const lf = gap.lastIndexOf("\n");
    if (lf < 0) continue;
    // Some put the comma first on the line, so that not all of the rest is indentation.
    const margin = lineIndent(gap, gap.length);
    return { newline: gap.charAt(lf - 1) === "\r" ? "\r\n" : "\n", margin };
  }
  return null;
}

/** What stands between item `index` and the item, or the bracket, before it. */
function textBefore(text: string, container: MapNode | ListNode, index: number): string {
  const items = itemsOf(container);
  const [before, item] = [items[index - 1], items[index]];
  const start = before === undefined ? spanOf(container).start + 1 : itemSpan(before).end;
  return item === undefined ? "" : text.slice(start, itemSpan(item).start);
}

function colonOf(text: string, container: MapNode): string {
  for (const entry of container.entries) {
    if (entry.type === "comment" || entry.keySpan === undefined) continue;
    const colon = text.slice(entry.keySpan.end, spanOf(entry.value).start);
    return COLON.test(colon) ? colon : ": ";
  }
  return ": ";
}

/** The space after the last comma on one line; else as much as after a colon. */
function gapOf(text: string, container: MapNode | ListNode, colon: string): string {
  const count = itemsOf(container).length;
  const between = count > 1 ? textBefore(text, container, count - 1) : "\n";
  if (!between.includes("\n")) return between.slice(between.indexOf(",") + 1);
  return colon.endsWith(":") ? "" : " ";
}

/** The space that the line of `offset` starts with. */
export function lineIndent(text: string, offset: number): string {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  let end = start;
  while (text.charAt(end) === " " || text.charAt(end) === "\t") end++;
  return text.slice(start, Math.min(end, offset));
}
