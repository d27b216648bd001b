import type { Edit } from "../../edits.ts";
import type { Composed } from "../compose/compose.ts";
import type { YamlNode } from "../parse/node.ts";

/**
 * The edits that change or take out `old`. Where it has an anchor, what the aliases stand for must stay: the anchor moves
 * to the first of them, with what is written behind it.
 */
export function* withAnchorMoved(
  { stream: { text, documents } }: Composed,
  old: YamlNode | undefined,
  edits: Iterable<Edit>,
): Generator<Edit> {
  const root = documents[0]?.root;
  const alias =
    root === undefined || old?.anchor === undefined ? undefined : allBelow(root).find(standsFor(old));
  const written = old === undefined ? "" : text.slice(old.start, old.end);
  // On several lines it would not be indented as its new place asks for.
  if (old === undefined || alias === undefined || written.includes("\n")) {
    yield* edits;
    return;
  }
  for (const edit of edits) {
    if (edit.end > alias.start) continue;
    const start = Math.min(edit.start, old.start);
    yield { start, end: alias.end, text: edit.text + text.slice(edit.end, alias.start) + written };
  }
}

const standsFor =
  (old: YamlNode) =>
  (node: YamlNode): boolean =>
    node.kind === "alias" && node.target === old;

/** A node and all below it, in the order of the text. */
function allBelow(node: YamlNode): YamlNode[] {
  if (node.kind === "sequence") return [node, ...node.items.flatMap(allBelow)];
  if (node.kind !== "mapping") return [node];
  return [node, ...node.pairs.flatMap(({ key, value }) => [...allBelow(key), ...allBelow(value)])];
}
