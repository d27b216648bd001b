import { type Entry, entry, map, type MapNode } from "../../../core/model/tree.ts";
import type { Edit } from "../../edits.ts";
import { itemSpan, itemsOf, spanOf } from "../parse/items.ts";
import { rootLayout } from "./layout.ts";
import type { ParsedJson } from "../parse/parse.ts";
import { printNode } from "./print.ts";
import { quoteGo } from "../parse/quote.ts";

/** The reserved top-level key (format.md 5.4). */
export const METADATA_KEY = "sops";

/** The edit that puts the metadata block after the last entry, laid out as the file is. */
export function insertBlock({ text, root }: ParsedJson, metadata: MapNode): Edit {
  const layout = rootLayout(text, root);
  const last = itemsOf(root).at(-1);
  if (last === undefined) {
    const { start, end } = spanOf(root);
    const object = printNode(map([entry(METADATA_KEY, metadata)]), layout);
    return { start: start + 1, end: end - 1, text: object.slice(1, -1) };
  }
  const { end } = itemSpan(last);
  const before = layout.newline === null ? layout.gap : layout.newline + layout.margin;
  const block = printNode(metadata, layout, layout.margin);
  return { start: end, end, text: `,${before}${quoteGo(METADATA_KEY)}${layout.colon}${block}` };
}

/** The edit that puts another block in the place of the one that is there. */
export function replaceBlock({ text, root }: ParsedJson, metadata: MapNode): Edit {
  const layout = rootLayout(text, root);
  const block = root.entries.find(
    (item): item is Entry => item.type === "entry" && item.key === METADATA_KEY,
  );
  const span = block === undefined ? spanOf(root) : spanOf(block.value);
  return { start: span.start, end: span.end, text: printNode(metadata, layout, layout.margin) };
}
