import { entry, type MapNode } from "../../core/tree.ts";
import { emitMap } from "./emitter.ts";
import { flowText } from "./flow-text.ts";
import type { Placement } from "./layout.ts";
import type { MappingNode, YamlDocument, YamlNode } from "./node.ts";
import { afterBreak, lineEnd, lineStart, type Edit } from "./splice.ts";

/** Where the metadata block goes in one document, and how it is written there (spec section 5.4). */
export interface BlockPlace {
  readonly at: number;
  readonly placement: Placement;
  /** Changes of comments that the block would otherwise draw to itself. */
  readonly moved: readonly Edit[];
  render(metadata: MapNode): string;
}

const KEY = "sops";

/** `mode` as in `Placement`; null: there is no such place. */
export function placeBlock(
  text: string,
  document: YamlDocument,
  mode: number,
  eol: string,
): BlockPlace | null {
  const { root } = document;
  if (root.kind === "mapping" && root.flow) return mode > 1 ? null : placeInFlow(root, mode);
  const open = mode < 3 ? 0 : openColumns(root)[mode - 3];
  if (open === undefined) return null;
  const column = root.kind === "mapping" ? root.column : 0;
  const at = mode === 1 ? afterContent(text, document) : document.end;
  const missing = at > 0 && lineStart(text, at) !== at ? eol : "";
  const blank = mode === 2 ? eol : "";
  return {
    at,
    placement: { mode, comma: false },
    moved: mode < 3 ? [] : commentsTo(text, open, afterContent(text, document), document.end),
    render: (metadata) => missing + blank + blockText(metadata, column, eol),
  };
}

/** The start of the line after the last line of content; comments may follow. */
function afterContent(text: string, document: YamlDocument): number {
  const { end } = document.root;
  const from = Math.max(end, document.marker?.end ?? 0);
  return lineStart(text, from) === from && from > 0 ? from : afterBreak(text, lineEnd(text, from));
}

/** The columns of the block collections that end where the document does. */
function openColumns(root: YamlNode): number[] {
  const columns: number[] = [];
  for (let node: YamlNode | undefined = root; node !== undefined;) {
    if (node.kind === "scalar" || node.kind === "alias" || node.flow) break;
    columns.push(node.column);
    node = node.kind === "mapping" ? node.pairs.at(-1)?.value : node.items.at(-1);
  }
  return columns.length === 0 ? [0] : columns;
}

/** Edits that bring the comment lines between two offsets to one column. */
function commentsTo(text: string, column: number, from: number, to: number): Edit[] {
  const edits: Edit[] = [];
  for (let at = from; at < to; at = afterBreak(text, lineEnd(text, at))) {
    const end = lineEnd(text, at);
    const hash = at + (/^[ \t]*/.exec(text.slice(at, end))?.[0].length ?? 0);
    if (text[hash] === "#" && hash - at !== column)
      edits.push({ start: at, end: hash, text: " ".repeat(column) });
    if (afterBreak(text, end) === end) break;
  }
  return edits;
}

function blockText(metadata: MapNode, column: number, eol: string): string {
  const margin = " ".repeat(column);
  const lines = emitMap([entry(KEY, metadata)]).split("\n");
  return lines.map((line) => (line === "" ? "" : margin + line)).join(eol);
}

function placeInFlow(root: MappingNode, mode: number): BlockPlace {
  const last = root.pairs.at(-1);
  const comma = root.trailingComma !== undefined;
  const lastEnd = last === undefined ? root.open : Math.max(last.key.end, last.value.end);
  const at = mode === 0 ? (root.trailingComma ?? lastEnd) : root.end - 1;
  const before = last === undefined ? "" : comma ? " " : ", ";
  return {
    at,
    placement: { mode, comma },
    moved: [],
    render: (metadata) => `${before}"${KEY}": ${flowText(metadata, new Map())}`,
  };
}

/** The edit that takes a block out again. `key` and `end` are the offsets of its key and of the end of its value. */
export function cutBlock(
  text: string,
  root: MappingNode,
  key: number,
  end: number,
  placement: Placement,
): Edit {
  if (root.flow) {
    const before = placement.comma ? " " : ", ";
    return { start: text.startsWith(before, key - before.length) ? key - before.length : key, end, text: "" };
  }
  const start = lineStart(text, key);
  const stop = lineStart(text, end) === end ? end : afterBreak(text, lineEnd(text, end));
  const blank = placement.mode === 2 ? start - 1 - (text[start - 2] === "\r" ? 1 : 0) : start;
  return { start: blank, end: stop, text: "" };
}
