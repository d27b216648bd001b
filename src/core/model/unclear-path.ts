import { SopsError } from "../base/errors.ts";
import { formatTreePath, isShortPath } from "./path.ts";
import { getAt, type TreePath } from "./tree-edit.ts";
import type { Comment, Entry, MapNode, Node } from "./tree.ts";

/**
 * A path in the short form (`text`, its parts `path`) cannot say which dots are part of a key. Throws BAD_PATH where the
 * tree has a key with dots that may be meant: `data.tls.crt` beside `tls.crt`, and a key that is not there in a map whose
 * keys have dots.
 */
export function refuseUnclearPath(root: MapNode, path: TreePath, text: string): void {
  if (!isShortPath(text)) return;
  for (const depth of path.keys()) {
    const names = namesFrom(path, depth);
    const dottedKeys = keysOf(getAt(root, path.slice(0, depth))).filter((key) => key.includes("."));
    const inBrackets = names[0]?.includes(".") === true;
    if (names.length < 2 || inBrackets || dottedKeys.length === 0) continue;
    const meant = longest(dottedKeys.filter((key) => names.join(".") === key || startsWith(names, key)));
    const isThere = getAt(root, path.slice(0, depth + 1)) !== undefined;
    if (meant === undefined && isThere) continue;
    throw unclear(path, depth, meant ?? names.join("."), text);
  }
}

/** The names that follow each other without an index in between. */
function namesFrom(path: TreePath, depth: number): readonly string[] {
  const names: string[] = [];
  for (const part of path.slice(depth)) {
    if (typeof part !== "string") break;
    names.push(part);
  }
  return names;
}

const startsWith = (names: readonly string[], key: string): boolean => names.join(".").startsWith(`${key}.`);

const longest = (keys: readonly string[]): string | undefined =>
  [...keys].sort((a, b) => b.length - a.length)[0];

function keysOf(node: Node | Comment | undefined): readonly string[] {
  if (node?.type !== "map") return [];
  return node.entries.filter((e): e is Entry => e.type === "entry").map(({ key }) => key);
}

function unclear(path: TreePath, depth: number, key: string, text: string): SopsError {
  const before = path.slice(0, depth);
  const after = path.slice(depth + key.split(".").length);
  const asOne = formatTreePath([...before, key, ...after]);
  return new SopsError("BAD_PATH", `the path ${text} is not clear: keys of the file hold dots`, {
    hint: `write '${asOne}' or '${formatTreePath(path)}'`,
    place: { path: asOne },
  });
}
