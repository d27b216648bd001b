import { type TreePath, unsetAt } from "../../../core/model/tree-edit.ts";
import { map, type Node } from "../../../core/model/tree.ts";
import type { Edit } from "../../edits.ts";
import type { Composed } from "../compose/compose.ts";
import { commentBehind, commentBehindKey, nextLine, withCommentsBelow } from "./edit-comments.ts";
import { firstThatFits, pairOf, parentOf, type Place } from "./edit-place.ts";
import { lineEnd, lineEndOf, lineStart } from "../parse/lines.ts";
import { withAnchorMoved } from "./move-anchor.ts";
import type { MappingNode } from "../parse/node.ts";
import { setCandidates } from "./set-text.ts";

/** The text without a key or an element; null where it has to be printed anew. */
export function unsetInText(source: Composed, path: TreePath): string | null {
  const place = parentOf(source, path);
  if (place === null) return null;
  const all = withCommentsBelow(source.stream.text, unsetCandidates(source, place, path));
  const edits = withAnchorMoved(source, place.old, all);
  return firstThatFits(source, (root) => unsetAt(root, path), edits);
}

function* unsetCandidates(source: Composed, { parent, part, old }: Place, path: TreePath): Generator<Edit> {
  const { text } = source.stream;
  if (parent.kind === "mapping" && typeof part === "string") {
    const pair = pairOf(parent, part);
    if (pair === undefined) return;
    const end = Math.max(pair.key.end, pair.value.end);
    const all = parent.pairs.map((p): [number, number] => [p.key.start, Math.max(p.key.end, p.value.end)]);
    if (parent.flow) yield* removeFromFlow(text, all, pair.key.start, end);
    else if (parent.pairs.length > 1) {
      yield* removeLines(text, pair.key.start, end, commentBehindKey(text, pair.key.end, end)?.comment);
      if (pair === parent.pairs[0]) yield* removeFirst(parent, end);
    } else if (path.length === 1) yield* emptiedRoot(source, pair.key.start, end);
    else yield* emptied(source, path, map([]));
  } else if (parent.kind === "sequence" && old !== undefined) {
    const all = parent.items.map((item): [number, number] => [item.start, item.end]);
    if (parent.flow) yield* removeFromFlow(text, all, old.start, old.end);
    else if (parent.items.length > 1) yield* removeLines(text, old.start, old.end);
    else yield* emptied(source, path, { type: "list", items: [] });
  }
}

/** The element with the comma before it, or behind it where it is the first; or with its own comma, past comments. */
function* removeFromFlow(
  text: string,
  all: readonly (readonly [number, number])[],
  start: number,
  end: number,
): Generator<Edit> {
  const at = all.findIndex(([s]) => s === start);
  const before = all[at - 1];
  const after = all[at + 1];
  if (before !== undefined) yield { start: before[1], end, text: "" };
  else yield { start, end: after === undefined ? end : after[0], text: "" };
  const comma = end + (/^[ \t]*,?[ \t]*/.exec(text.slice(end, lineEnd(text, end)))?.[0].length ?? 0);
  const line = lineStart(text, start);
  const alone = text.slice(line, start).trim() === "" && comma === lineEnd(text, comma);
  yield alone ? { start: line, end: nextLine(text, comma), text: "" } : { start, end: comma, text: "" };
}

/** Whole lines; a comment behind the key or the value stays, on a line of its own. */
function* removeLines(text: string, start: number, end: number, head?: string): Generator<Edit> {
  const first = lineStart(text, start);
  const lead = text.slice(first, start);
  if (!/^ *(?:- +)?$/.test(lead)) return;
  const line = (comment: string): string => " ".repeat(lead.length) + comment;
  if (head !== undefined)
    yield {
      start: lineStart(text, start),
      end,
      text: line(head) + (text.charAt(end - 1) === "\n" ? lineEndOf(text) : ""),
    };
  if (text.charAt(end - 1) === "\n") yield { start: first, end, text: "" };
  const behind = commentBehind(text, end);
  if (behind !== null) yield { start: first, end: behind.end, text: line(behind.comment) };
  else yield { start: first, end: nextLine(text, end), text: "" };
}

/** The next key takes the place of the first one, which stands behind the `-` of a list element. */
function* removeFirst({ pairs: [first, second] }: MappingNode, end: number): Generator<Edit> {
  if (first === undefined || second === undefined) return;
  yield { start: first.key.start, end: second.key.start, text: "" };
  yield { start: first.key.start, end, text: "" };
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
