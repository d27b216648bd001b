import { setAt, type TreePath } from "../../../core/model/tree-edit.ts";
import { entry, map, type Node } from "../../../core/model/tree.ts";
import type { Edit } from "../../edits.ts";
import type { Composed } from "../compose/compose.ts";
import {
  commentBehind,
  commentBehindKey,
  nextLine,
  placesBelow,
  withCommentsBelow,
} from "./edit-comments.ts";
import { firstThatFits, pairOf, parentOf, type Place } from "./edit-place.ts";
import { emitMap } from "../emit/emitter.ts";
import { flowText } from "../emit/flow-text.ts";
import { lineEndOf } from "../parse/lines.ts";
import { withAnchorMoved } from "./move-anchor.ts";
import type { MappingNode, Pair, ScalarNode, SequenceNode, YamlNode } from "../parse/node.ts";
import { doubleQuoted } from "../emit/scalar-text.ts";
import { defaultSpelling, styleCode } from "../hints/spelling.ts";

/** The text with a value set; null where it has to be printed anew. */
export function setInText(source: Composed, path: TreePath, value: Node): string | null {
  const place = parentOf(source, path);
  if (place === null) return null;
  const edits = withAnchorMoved(source, place.old, setCandidates(source, place, value));
  // The comments inside of a container go with it.
  const all =
    place.old === undefined || place.old.kind === "scalar"
      ? edits
      : withCommentsBelow(source.stream.text, edits);
  return firstThatFits(source, (root) => setAt(root, path, value), all);
}

export function* setCandidates(source: Composed, { parent, part, old }: Place, value: Node): Generator<Edit> {
  if (old?.kind === "scalar" && value.type === "leaf") yield* respell(source, old, value);
  if (parent.kind === "mapping" && typeof part === "string") {
    const pair = pairOf(parent, part);
    if (pair === undefined) yield* addPair(source, parent, part, value);
    else yield* replacePair(source, parent, pair, value);
  } else if (parent.kind === "sequence") {
    if (old !== undefined) yield replaceItem(source, old, value);
    else yield* addItem(source, parent, value);
  }
}

function replaceItem({ stream: { text } }: Composed, { start, end }: YamlNode, value: Node): Edit {
  const flow = flowText(value, NO_SITES);
  return { start, end, text: text.charAt(end - 1) === "\n" ? flow + lineEndOf(text) : flow };
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

function* replacePair(source: Composed, parent: MappingNode, pair: Pair, value: Node): Generator<Edit> {
  const { text } = source.stream;
  if (parent.flow) {
    const flow = flowText(value, NO_SITES);
    yield { start: pair.value.start, end: pair.value.end, text: flow };
    // A key that stands alone has no colon yet.
    yield { start: pair.key.end, end: Math.max(pair.key.end, pair.value.end), text: `: ${flow}` };
    return;
  }
  const key = text.slice(pair.key.start, pair.key.end);
  const lines = pairLines(source, key, value, parent.column);
  const end = Math.max(pair.key.end, pair.value.end);
  const broken = text.charAt(end - 1) === "\n";
  yield { start: pair.key.start, end, text: broken ? lines : lines.replace(/\r?\n$/, "") };
  const flow = `${key}: ${flowText(value, NO_SITES)}`;
  yield { start: pair.key.start, end, text: broken ? flow + lineEndOf(text) : flow };
  yield* withCommentsAbove(source, parent, pair, end, lines);
}

/** Comments behind the key and behind the value: behind the key of a container they would be of what is inside. */
function* withCommentsAbove(
  { stream: { text } }: Composed,
  { column }: MappingNode,
  { key }: Pair,
  end: number,
  lines: string,
): Generator<Edit> {
  const broken = text.charAt(end - 1) === "\n";
  const behind = broken ? null : commentBehind(text, end);
  const comments = [commentBehindKey(text, key.end, end), behind].flatMap((c) =>
    c === null ? [] : [c.comment],
  );
  if (comments.length === 0) return;
  const above = comments.map((comment) => comment + lineEndOf(text) + " ".repeat(column)).join("");
  const whole = broken ? lines : lines.replace(/\r?\n$/, "");
  yield { start: key.start, end: behind?.end ?? end, text: above + whole };
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
  for (const at of placesBelow(text, text.charAt(end - 1) === "\n" ? end : nextLine(text, end))) {
    const broken = at === 0 || text.charAt(at - 1) === "\n";
    yield { start: at, end: at, text: broken ? lines : `\n${lines.replace(/\r?\n$/, "")}` };
  }
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
