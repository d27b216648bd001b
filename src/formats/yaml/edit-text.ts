import { equalTrees } from "../../core/tree-equal.ts";
import { getAt, type PathPart, setAt, type TreePath, unsetAt } from "../../core/tree-edit.ts";
import { entry, type MapNode, map, type Node, type Tree } from "../../core/tree.ts";
import { SopsError } from "../../core/errors.ts";
import type { Composed } from "./compose.ts";
import { emitMap } from "./emitter.ts";
import { flowText } from "./flow-text.ts";
import type { MappingNode, Pair, ScalarNode, SequenceNode, YamlNode } from "./node.ts";
import { readYamlText } from "./reader.ts";
import { doubleQuoted } from "./scalar-text.ts";
import { defaultSpelling, styleCode } from "./spelling.ts";
import { applyEdits, type Edit } from "../edits.ts";
import { lineEnd, lineEndOf, lineStart } from "./lines.ts";

/**
 * One change to a value, made in the text alone. Each answers candidates, the likeliest first; the one whose tree is
 * the wanted tree is taken. Null: none is, and the caller prints the wanted tree anew.
 */
export function setInText(source: Composed, path: TreePath, value: Node): string | null {
  const place = parentOf(source, path);
  if (place === null) return null;
  return firstThatFits(source, (root) => setAt(root, path, value), setCandidates(source, place, value));
}

export function unsetInText(source: Composed, path: TreePath): string | null {
  const place = parentOf(source, path);
  if (place === null) return null;
  const edits = withCommentsBelow(source.stream.text, unsetCandidates(source, place, path));
  return firstThatFits(source, (root) => unsetAt(root, path), edits);
}

/** Where the last part of a path leads: its container, and what stands there now. */
interface Place {
  readonly parent: YamlNode;
  readonly part: PathPart;
  readonly old: YamlNode | undefined;
}

function parentOf(source: Composed, path: TreePath): Place | null {
  const root = source.tree.documents[0];
  const part = path.at(-1);
  if (root === undefined || part === undefined) return null;
  const parent = writtenAt(source, root, path.slice(0, -1));
  return parent === undefined ? null : { parent, part, old: writtenAt(source, root, path) };
}

function writtenAt(source: Composed, root: MapNode, path: TreePath): YamlNode | undefined {
  if (path.length === 0) return source.stream.documents[0]?.root;
  const node = getAt(root, path);
  return node === undefined || node.type === "comment" ? undefined : source.written.get(node);
}

function firstThatFits(
  source: Composed,
  change: (root: MapNode) => MapNode,
  candidates: Iterable<Edit>,
): string | null {
  const [root, ...others] = source.tree.documents;
  const wanted: Tree = { documents: [change(root ?? map([])), ...others] };
  for (const edit of candidates) {
    const text = applyEdits(source.stream.text, [edit]);
    if (readsAs(text, wanted)) return text;
  }
  return null;
}

function readsAs(text: string, wanted: Tree): boolean {
  try {
    return equalTrees(readYamlText(text).tree, wanted);
  } catch (error) {
    if (error instanceof SopsError) return false;
    throw error;
  }
}

function* setCandidates(source: Composed, { parent, part, old }: Place, value: Node): Generator<Edit> {
  if (old?.kind === "scalar" && value.type === "leaf") yield* respell(source, old, value);
  if (parent.kind === "mapping" && typeof part === "string") {
    const pair = pairOf(parent, part);
    if (pair === undefined) yield* addPair(source, parent, part, value);
    else yield* replacePair(source, parent, pair, value);
  } else if (parent.kind === "sequence") {
    if (old !== undefined) yield { start: old.start, end: old.end, text: flowText(value, NO_SITES) };
    else yield* addItem(source, parent, value);
  }
}

const NO_SITES = new Map<never, never>();

/** The scalar in its own quotes. */
function* respell(
  source: Composed,
  old: ScalarNode,
  value: Extract<Node, { type: "leaf" }>,
): Generator<Edit> {
  if (old.block !== undefined) return;
  const at = { inFlow: old.inFlow, column: 0, lineEnd: "\n", trailing: 0 };
  const text = defaultSpelling(styleCode(old, source.stream.text), value.value, at);
  if (text !== null) yield { ...old.content, text };
}

function pairOf(parent: MappingNode, key: string): Pair | undefined {
  return parent.pairs.find((p) => p.key.kind === "scalar" && p.key.value === key);
}

function* replacePair(source: Composed, parent: MappingNode, pair: Pair, value: Node): Generator<Edit> {
  const { text } = source.stream;
  if (parent.flow) {
    yield { start: pair.value.start, end: pair.value.end, text: flowText(value, NO_SITES) };
    return;
  }
  const key = text.slice(pair.key.start, pair.key.end);
  const lines = pairLines(source, key, value, parent.column);
  const end = Math.max(pair.key.end, pair.value.end);
  const broken = text.charAt(end - 1) === "\n";
  yield { start: pair.key.start, end, text: broken ? lines : lines.replace(/\r?\n$/, "") };
  const flow = `${key}: ${flowText(value, NO_SITES)}`;
  yield { start: pair.key.start, end, text: broken ? flow + lineEndOf(text) : flow };
}

/** `key: value` as it is printed, its further lines moved to the column of the map; it ends with a line break. */
function pairLines(source: Composed, key: string, value: Node, column: number): string {
  const printed = emitMap([entry("k", value)], stepOf(source)).slice(1);
  return indented(key + printed, column, source);
}

function indented(text: string, column: number, source: Composed): string {
  const pad = " ".repeat(column);
  const [first = "", ...rest] = text.split("\n");
  const lines = [first, ...rest.map((line) => (line === "" ? "" : pad + line))];
  return lines.join(source.stream.text.includes("\r\n") ? "\r\n" : "\n");
}

/** How far the file's own maps are indented; 4, as SOPS prints, where it has none. */
function stepOf(source: Composed): number {
  const nested = source.stream.documents[0]?.root;
  const inner = nested?.kind === "mapping" ? nested.pairs.map((p) => p.value).find(isBlockMap) : undefined;
  return inner === undefined || inner.column < 2 || inner.column > 9 ? 4 : inner.column;
}

function isBlockMap(node: YamlNode): node is MappingNode {
  return node.kind === "mapping" && !node.flow;
}

function* addPair(source: Composed, parent: MappingNode, key: string, value: Node): Generator<Edit> {
  const last = parent.pairs.at(-1);
  if (parent.flow || last === undefined) {
    const flow = `${/^[A-Za-z_][\w-]*$/.test(key) ? key : doubleQuoted(key, false)}: ${flowText(value, NO_SITES)}`;
    const at = last === undefined ? parent.open : Math.max(last.key.end, last.value.end);
    yield { start: at, end: at, text: last === undefined ? flow : `, ${flow}` };
    return;
  }
  const written = emitMap([entry(key, value)], stepOf(source));
  const lines = " ".repeat(parent.column) + indented(written, parent.column, source);
  const end = Math.max(last.key.end, last.value.end);
  yield* addLines(source, end, lines);
  // What SOPS prints for a float without a fraction reads back as an integer.
  const [head = ""] = emitMap([entry(key, map([]))], stepOf(source)).split(" {}");
  yield* addLines(
    source,
    end,
    `${" ".repeat(parent.column)}${head} ${flowText(value, NO_SITES)}${lineEndOf(source.stream.text)}`,
  );
}

/** New lines after the one that ends at `end`, or after the comments that follow it. */
function* addLines(source: Composed, end: number, lines: string): Generator<Edit> {
  const { text } = source.stream;
  let at = text.charAt(end - 1) === "\n" ? end : nextLine(text, end);
  for (;;) {
    const broken = at === 0 || text.charAt(at - 1) === "\n";
    yield { start: at, end: at, text: broken ? lines : `\n${lines.replace(/\r?\n$/, "")}` };
    if (at >= text.length || !/^[ \t]*(?:#|\r?$)/.test(text.slice(at, lineEnd(text, at)))) return;
    at = nextLine(text, at);
  }
}

function nextLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end + 1;
}

function* addItem(source: Composed, parent: SequenceNode, value: Node): Generator<Edit> {
  const last = parent.items.at(-1);
  if (parent.flow || last === undefined) {
    const flow = flowText(value, NO_SITES);
    const at = last === undefined ? parent.end - 1 : last.end;
    yield { start: at, end: at, text: last === undefined ? flow : `, ${flow}` };
    return;
  }
  const printed = itemText(source, value);
  const lines = " ".repeat(parent.column) + indented(printed, parent.column, source);
  yield* addLines(source, last.end, lines);
}

/** `- value` as it is printed, with a line break at its end. */
function itemText(source: Composed, value: Node): string {
  const step = stepOf(source);
  const printed = emitMap([entry("k", { type: "list", items: [value] })], step);
  const lines = printed.split("\n").slice(1);
  return lines.map((line) => line.slice(line.startsWith(" ".repeat(step)) ? step : 0)).join("\n");
}

function* unsetCandidates(source: Composed, { parent, part, old }: Place, path: TreePath): Generator<Edit> {
  const { text } = source.stream;
  if (parent.kind === "mapping" && typeof part === "string") {
    const pair = pairOf(parent, part);
    if (pair === undefined) return;
    const end = Math.max(pair.key.end, pair.value.end);
    const all = parent.pairs.map((p): [number, number] => [p.key.start, Math.max(p.key.end, p.value.end)]);
    if (parent.flow) yield removeFromFlow(all, pair.key.start, end);
    else if (parent.pairs.length > 1) yield* removeLines(text, pair.key.start, end);
    else if (path.length === 1) yield* emptiedRoot(source, pair.key.start, end);
    else yield* emptied(source, path, map([]));
  } else if (parent.kind === "sequence" && old !== undefined) {
    const all = parent.items.map((item): [number, number] => [item.start, item.end]);
    if (parent.flow) yield removeFromFlow(all, old.start, old.end);
    else if (parent.items.length > 1) yield* removeLines(text, old.start, old.end);
    else yield* emptied(source, path, { type: "list", items: [] });
  }
}

/** The element with the comma before it, or behind it where it is the first. */
function removeFromFlow(all: readonly (readonly [number, number])[], start: number, end: number): Edit {
  const at = all.findIndex(([s]) => s === start);
  const before = all[at - 1];
  const after = all[at + 1];
  if (before !== undefined) return { start: before[1], end, text: "" };
  return { start, end: after === undefined ? end : after[0], text: "" };
}

/** Whole lines; a comment behind the value stays, on a line of its own. */
function* removeLines(text: string, start: number, end: number): Generator<Edit> {
  const first = lineStart(text, start);
  const lead = text.slice(first, start);
  if (!/^ *(?:- +)?$/.test(lead)) return;
  if (text.charAt(end - 1) === "\n") yield { start: first, end, text: "" };
  const rest = text.slice(end, lineEnd(text, end));
  const comment = /^[ \t]*(#.*)$/.exec(rest)?.[1];
  if (comment !== undefined)
    yield { start: first, end: end + rest.length, text: " ".repeat(lead.length) + comment };
  else yield { start: first, end: nextLine(text, end), text: "" };
}

/** The last of its container: the container itself becomes `{}` or `[]`. */
function* emptied(source: Composed, path: TreePath, empty: Node): Generator<Edit> {
  const place = path.length < 2 ? null : parentOf(source, path.slice(0, -1));
  if (place !== null) yield* setCandidates(source, place, empty);
}

/** The last key of the document: `{}` stands in its place. */
function* emptiedRoot({ stream: { text } }: Composed, start: number, end: number): Generator<Edit> {
  const lines = `{}${lineEndOf(text)}`;
  for (const edit of removeLines(text, start, end)) if (edit.text === "") yield { ...edit, text: lines };
}

/** As many comments as are tried below what is removed: each try reads the whole text. */
const MOST_COMMENTS = 16;

/** Each edit, then the same with the comment lines below it: those that belong to what is removed go with it. */
function* withCommentsBelow(text: string, edits: Iterable<Edit>): Generator<Edit> {
  for (const edit of edits) {
    yield edit;
    const wholeLines = lineStart(text, edit.end) === edit.end;
    let at = wholeLines ? edit.end : nextLine(text, edit.end);
    for (let i = 0; i < MOST_COMMENTS; i++) {
      const end = lineEnd(text, at);
      if (at >= text.length || !/^[ \t]*(?:#|$)/.test(text.slice(at, end))) break;
      at = nextLine(text, at);
      yield { ...edit, end: wholeLines ? at : end };
    }
  }
}
