import type { MapNode } from "../../../core/model/tree.ts";
import { applyEdits, type Edit } from "../../edits.ts";
import { BLOCK_KEY, blockText } from "./block-place.ts";
import { flowText } from "../emit/flow-text.ts";
import { afterBreak, lineEnd, lineEndOf, lineStart } from "../parse/lines.ts";
import type { MappingNode, YamlStream } from "../parse/node.ts";

/** The text with another block in the place of each that it has; its comments and indentation are the block's own. */
export function replaceBlocks(
  { text, documents }: YamlStream,
  metadata: MapNode,
  edits: readonly Edit[],
): string {
  const blocks = documents.flatMap(({ root }) =>
    root.kind === "mapping" ? replaceBlock(text, root, metadata) : [],
  );
  return applyEdits(text, [...edits, ...blocks]);
}

function replaceBlock(text: string, root: MappingNode, metadata: MapNode): Edit[] {
  const pair = root.pairs.find(({ key }) => key.kind === "scalar" && key.value === BLOCK_KEY);
  if (pair === undefined) return [];
  const { key, value } = pair;
  if (root.flow) return [{ start: value.start, end: value.end, text: flowText(metadata, new Map()) }];
  const inner = value.kind === "mapping" && !value.flow ? value.column - root.column : undefined;
  const end =
    lineStart(text, value.end) === value.end ? value.end : afterBreak(text, lineEnd(text, value.end));
  const block = blockText(metadata, root.column, lineEndOf(text), inner);
  return [{ start: lineStart(text, key.start), end, text: block }];
}
