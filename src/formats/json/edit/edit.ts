import type { Comment, ListNode, MapNode, Node } from "../../../core/model/tree.ts";
import { getAt } from "../../../core/model/tree-edit.ts";
import { applyEdits } from "../../edits.ts";
import { itemsOf, itemSpan, removalSpan, spanOf } from "../parse/items.ts";
import { innerLayout, type Layout, lineIndent, rootLayout } from "../emit/layout.ts";
import type { ParsedJson } from "../parse/parse.ts";
import { printNode } from "../emit/print.ts";
import { quoteGo } from "../parse/quote.ts";

type Path = readonly (string | number)[];
type Container = MapNode | ListNode;

/** The text with `value` in place of what stands at `path`, or appended to its container; null: no such container. */
export function setInText(json: ParsedJson, path: Path, value: Node): string | null {
  const last = path.at(-1);
  const parent = getAt(json.root, path.slice(0, -1));
  if (last === undefined || !isContainer(parent)) return null;
  const index = indexOf(parent, last);
  if (index >= 0) return replace(json, parent, index, value);
  if (parent.type === "map") return typeof last === "string" ? append(json, parent, last, value) : null;
  return last === parent.items.length ? append(json, parent, null, value) : null;
}

/** The text without the item at `path`; null where there is none. */
export function unsetInText({ text, root }: ParsedJson, path: Path): string | null {
  const last = path.at(-1);
  const parent = getAt(root, path.slice(0, -1));
  if (last === undefined || !isContainer(parent)) return null;
  const index = indexOf(parent, last);
  return index < 0 ? null : applyEdits(text, [{ ...removalSpan(parent, index), text: "" }]);
}

function isContainer(node: Node | Comment | undefined): node is Container {
  return node?.type === "map" || node?.type === "list";
}

/** Of duplicate keys the first, as everywhere. */
function indexOf(parent: Container, part: string | number): number {
  if (parent.type === "map") return parent.entries.findIndex((e) => e.type === "entry" && e.key === part);
  return typeof part === "number" && part in parent.items ? part : -1;
}

function valueAt(parent: Container, index: number): Node | Comment {
  const item = itemsOf(parent)[index];
  if (item === undefined) throw new RangeError("there is no such item");
  return item.type === "entry" ? item.value : item;
}

function replace({ text, root }: ParsedJson, parent: Container, index: number, value: Node): string {
  const { start, end } = spanOf(valueAt(parent, index));
  const layout = innerLayout(text, parent, rootLayout(text, root));
  return applyEdits(text, [{ start, end, text: printNode(value, layout, lineIndent(text, start)) }]);
}

function append({ text, root }: ParsedJson, parent: Container, key: string | null, value: Node): string {
  const outer = rootLayout(text, root);
  const label = (colon: string): string => (key === null ? "" : quoteGo(key) + colon);
  const last = itemsOf(parent).at(-1);
  if (last === undefined) return fill(text, parent, outer, label(outer.colon), value);
  const layout = innerLayout(text, parent, outer);
  const before = layout.newline === null ? layout.gap : layout.newline + layout.margin;
  const made = `,${before}${label(layout.colon)}${printNode(value, layout, layout.margin)}`;
  const { end } = itemSpan(last);
  return applyEdits(text, [{ start: end, end, text: made }]);
}

/** The first item of an empty container, on a line of its own unless the whole file is one line. */
function fill(text: string, parent: Container, layout: Layout, label: string, value: Node): string {
  const { start, end } = spanOf(parent);
  const margin = lineIndent(text, start);
  const inner = margin + layout.unit;
  const made = label + printNode(value, layout, inner);
  const lines = layout.newline === null ? made : layout.newline + inner + made + layout.newline + margin;
  return applyEdits(text, [{ start: start + 1, end: end - 1, text: lines }]);
}
