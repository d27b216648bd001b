import { entry, type MapNode, type Span } from "../../../core/model/tree.ts";
import { isBlank } from "../parse/characters.ts";
import { targetOf } from "../compose/compose.ts";
import { emitMap } from "../emit/emitter.ts";
import { flowText } from "../emit/flow-text.ts";
import { AFTER_BLANK, AT_END, type Placement } from "../hints/layout.ts";
import type { MappingNode, YamlDocument, YamlNode } from "../parse/node.ts";
import type { Edit } from "../../edits.ts";
import { afterBreak, beforeBlanks, lineEnd, lineStart } from "../parse/lines.ts";

/** Where the metadata block goes in one document, and how it is written there (format.md 5.4). */
export interface BlockPlace {
  readonly at: number;
  readonly placement: Placement;
  /** Changes of comments that the block would otherwise draw to itself. */
  readonly moved: readonly Edit[];
  /** Comments and blank lines that cannot stand beside the block: the sealed text does without them. */
  readonly lost: readonly Span[];
  render(metadata: MapNode): string;
}

export const BLOCK_KEY = "sops";

/**
 * The places to try, best first. In most files the first is right; the last ones give comments up, since SOPS losing a
 * comment is better than a file that cannot be sealed. `comments`: those of the document that SOPS keeps.
 */
export function* blockPlaces(
  text: string,
  document: YamlDocument,
  comments: readonly Span[],
  eol: string,
  mayLoseAll: boolean,
): Generator<BlockPlace, void> {
  const expansion = placeInExpansion(document);
  for (let mode = 0; ; mode++) {
    const place =
      expansion === null ? placeBlock(text, document, comments, mode, eol) : mode === 0 ? expansion : null;
    if (place === null) break;
    yield place;
  }
  const { root } = document;
  const last =
    expansion !== null
      ? { ...expansion, lost: withoutTail(text, document, eol).lost }
      : root.kind === "mapping" && root.flow
        ? withoutInner(text, root, comments)
        : withoutTail(text, document, eol);
  yield last;
  if (mayLoseAll) yield withoutComments(text, last, comments);
}

/** Where the comments inside the document do not keep their place either. */
function withoutComments(text: string, place: BlockPlace, comments: readonly Span[]): BlockPlace {
  const isLost = (span: Span): boolean => place.lost.some((l) => l.start <= span.start && span.end <= l.end);
  const inside = comments.filter((c) => !isLost(c)).map((c) => wholeComment(text, c));
  return { ...place, lost: [...inside, ...place.lost] };
}

/** A document that is an alias is sealed as a copy that lacks its closing brace: the block ends it. */
function placeInExpansion({ root }: YamlDocument): BlockPlace | null {
  const target = targetOf(root);
  if (root.kind !== "alias" || target.kind !== "mapping") return null;
  const before = target.pairs.length === 0 ? "" : ", ";
  return {
    at: root.end,
    placement: AT_END,
    moved: [],
    lost: [],
    render: (metadata) => `${before}"${BLOCK_KEY}": ${flowText(metadata, new Map())}}`,
  };
}

/** `mode` as in `Placement`; null: there is no such place. */
function placeBlock(
  text: string,
  document: YamlDocument,
  comments: readonly Span[],
  mode: number,
  eol: string,
): BlockPlace | null {
  const { root } = document;
  if (root.kind === "mapping" && root.flow) return mode > 1 ? null : placeInFlow(root, mode);
  const open = mode < 3 ? 0 : openColumns(root)[mode - 3];
  if (open === undefined) return null;
  const content = afterContent(text, document);
  const at = mode === 1 ? content : endOfLines(text, document);
  const place = blockAt(text, document, at, mode === AFTER_BLANK ? eol : "", eol);
  const below = mode < 3 ? [] : comments.filter((c) => c.start > content);
  return { ...place, placement: { mode, comma: false }, moved: commentsTo(text, open, below) };
}

/** The block in place of all that follows the last line of content. */
function withoutTail(text: string, document: YamlDocument, eol: string): BlockPlace {
  const start = Math.min(afterContent(text, document), document.end);
  return { ...blockAt(text, document, start, "", eol), lost: [{ start, end: document.end }] };
}

/** The same for `{...}`: without the comments below its last value, inside of it and behind it. */
function withoutInner(text: string, root: MappingNode, comments: readonly Span[]): BlockPlace {
  const below = lineEnd(text, lastContent(root).end);
  const lost = comments.filter((c) => c.start > below).map((c) => wholeComment(text, c));
  return { ...placeInFlow(root, 0), lost };
}

/** The last scalar or alias, or the collection that holds none. */
export function lastContent(root: YamlNode): YamlNode {
  let node = root;
  for (;;) {
    if (node.kind === "scalar" || node.kind === "alias") return node;
    const last = node.kind === "mapping" ? node.pairs.at(-1) : node.items.at(-1);
    if (last === undefined) return node;
    node = "value" in last && "key" in last ? last.value : last;
  }
}

/** The comment with its `#` and the blanks before it; the line with it where it has one to itself. */
export function wholeComment(text: string, span: Span): Span {
  const line = lineStart(text, span.start);
  let start = span.start - 1;
  while (start > line && isBlank(text.charCodeAt(start - 1))) start--;
  return { start, end: start === line ? afterBreak(text, lineEnd(text, span.end)) : span.end };
}

/** A block in block style. `blank`: what stands before it. */
function blockAt(text: string, document: YamlDocument, at: number, blank: string, eol: string): BlockPlace {
  const { root } = document;
  const column = root.kind === "mapping" ? root.column : 0;
  const missing = at > 0 && lineStart(text, at) !== at ? eol : "";
  return {
    at,
    placement: AT_END,
    moved: [],
    lost: [],
    render: (metadata) => missing + blank + blockText(metadata, column, eol),
  };
}

/** The start of the line after the last line of content; comments may follow. */
function afterContent(text: string, document: YamlDocument): number {
  const { end } = document.root;
  const from = Math.max(end, document.marker?.end ?? 0);
  return lineStart(text, from) === from && from > 0 ? from : afterBreak(text, lineEnd(text, from));
}

/** The end of the document; blanks without a line break stay behind the block, since before it they would be a line. */
export function endOfLines(text: string, { root, end }: YamlDocument): number {
  const line = lineStart(text, end);
  return beforeBlanks(text, end) === line && root.end <= line ? line : end;
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

/** Edits that bring comments, each on a line of its own, to one column. */
function commentsTo(text: string, column: number, comments: readonly Span[]): Edit[] {
  const edits: Edit[] = [];
  for (const { start } of comments) {
    const hash = start - 1;
    const line = lineStart(text, hash);
    if (hash - line !== column) edits.push({ start: line, end: hash, text: " ".repeat(column) });
  }
  return edits;
}

/** The block in block style. `indent`: where it is not SOPS' own. */
export function blockText(metadata: MapNode, column: number, eol: string, indent?: number): string {
  const margin = " ".repeat(column);
  const lines = emitMap([entry(BLOCK_KEY, metadata)], indent).split("\n");
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
    lost: [],
    render: (metadata) => `${before}"${BLOCK_KEY}": ${flowText(metadata, new Map())}`,
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
  const blank = placement.mode === AFTER_BLANK ? start - 1 - (text[start - 2] === "\r" ? 1 : 0) : start;
  return { start: blank, end: stop, text: "" };
}
