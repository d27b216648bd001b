import { entry, type MapNode } from "../../core/tree.ts";
import { emitMap } from "./emitter.ts";
import { flowText } from "./flow-text.ts";
import type { Placement } from "./layout.ts";
import type { MappingNode, YamlDocument } from "./node.ts";
import { afterBreak, lineEnd, lineStart, type Edit } from "./splice.ts";

/** Where the metadata block goes in one document, and how it is written there (spec section 5.4). */
export interface BlockPlace {
  readonly at: number;
  readonly placement: Placement;
  render(metadata: MapNode): string;
}

const KEY = "sops";

/** `mode` as in `Placement`. */
export function placeBlock(text: string, document: YamlDocument, mode: Placement["mode"], eol: string): BlockPlace {
  const { root } = document;
  if (root.kind === "mapping" && root.flow) return placeInFlow(root, mode);
  const column = root.kind === "mapping" ? root.column : 0;
  const at = mode === 1 ? afterContent(text, document) : document.end;
  const missing = at > 0 && lineStart(text, at) !== at ? eol : "";
  const blank = mode === 2 ? eol : "";
  return {
    at,
    placement: { mode, comma: false },
    render: (metadata) => missing + blank + blockText(metadata, column, eol),
  };
}

/** The start of the line after the last line of content; comments may follow. */
function afterContent(text: string, document: YamlDocument): number {
  const { end } = document.root;
  const from = Math.max(end, document.marker?.end ?? 0);
  return lineStart(text, from) === from && from > 0 ? from : afterBreak(text, lineEnd(text, from));
}

function blockText(metadata: MapNode, column: number, eol: string): string {
  const margin = " ".repeat(column);
  const lines = emitMap([entry(KEY, metadata)]).split("\n");
  return lines.map((line) => (line === "" ? "" : margin + line)).join(eol);
}

function placeInFlow(root: MappingNode, mode: Placement["mode"]): BlockPlace {
  const last = root.pairs.at(-1);
  const comma = root.trailingComma !== undefined;
  const lastEnd = last === undefined ? root.open : Math.max(last.key.end, last.value.end);
  const at = mode === 0 ? (root.trailingComma ?? lastEnd) : root.end - 1;
  const before = last === undefined ? "" : comma ? " " : ", ";
  return {
    at,
    placement: { mode, comma },
    render: (metadata) => `${before}"${KEY}": ${flowText(metadata, new Map())}`,
  };
}

/** The edit that takes a block out again. `key` and `end` are the offsets of its key and of the end of its value. */
export function cutBlock(text: string, root: MappingNode, key: number, end: number, placement: Placement): Edit {
  if (root.flow) {
    const before = placement.comma ? " " : ", ";
    return { start: text.startsWith(before, key - before.length) ? key - before.length : key, end, text: "" };
  }
  const start = lineStart(text, key);
  const stop = lineStart(text, end) === end ? end : afterBreak(text, lineEnd(text, end));
  const blank = placement.mode === 2 ? start - 1 - (text[start - 2] === "\r" ? 1 : 0) : start;
  return { start: blank, end: stop, text: "" };
}
