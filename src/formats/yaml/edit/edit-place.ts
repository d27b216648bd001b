import { SopsError } from "../../../core/base/errors.ts";
import { equalTrees } from "../../../core/model/tree-equal.ts";
import { getAt, type PathPart, type TreePath } from "../../../core/model/tree-edit.ts";
import { map, type MapNode, type Tree } from "../../../core/model/tree.ts";
import { applyEdits, type Edit } from "../../edits.ts";
import type { Composed } from "../compose/compose.ts";
import type { MappingNode, Pair, YamlNode } from "../parse/node.ts";
import { readYamlText } from "../compose/read.ts";

/*
 * One change to a value is made in the text alone. There are candidates, the likeliest first; the one whose tree is the
 * wanted tree is taken. Where none is, the caller prints the wanted tree anew.
 */

/** Where the last part of a path leads: its container, and what stands there now. */
export interface Place {
  readonly parent: YamlNode;
  readonly part: PathPart;
  readonly old: YamlNode | undefined;
}

export function parentOf(source: Composed, path: TreePath): Place | null {
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

export function pairOf(parent: MappingNode, key: string): Pair | undefined {
  return parent.pairs.find((p) => p.key.kind === "scalar" && p.key.value === key);
}

/** The text with the first edit that gives the wanted tree; null: none does. */
export function firstThatFits(
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
