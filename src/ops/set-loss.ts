import { SopsError } from "../core/base/errors.ts";
import { formatTreePath, isShortPath } from "../core/model/path.ts";
import { getAt, type TreePath } from "../core/model/tree-edit.ts";
import type { Comment, MapNode, Node } from "../core/model/tree.ts";

/** Paths that are named at most. */
const MOST_SHOWN = 5;

/**
 * A path that goes on below a value, or stops above several, was probably typed wrong, and SOPS throws away without a word
 * what stands there. Throws BAD_SET_VALUE.
 */
export function refuseLoss(root: MapNode, path: TreePath, value: Node): void {
  refuseNoName(root, path);
  for (let depth = 1; depth < path.length; depth++)
    refuseBelow(getAt(root, path.slice(0, depth)), path.slice(0, depth));
  const old = getAt(root, path);
  if (value.type === "map" || value.type === "list" || old === undefined) return;
  const lost = leavesOf(old, []).length;
  if (lost === 0 || (old.type !== "map" && old.type !== "list")) return;
  const what = `a ${old.type} of ${lost === 1 ? "1 value" : `${String(lost)} values`}`;
  throw loss(`${formatTreePath(path)} is ${what}, which one value would replace`, path, {
    hint: "name one of its keys; to replace all of it, remove it first: enc unset",
  });
}

function refuseBelow(node: Node | Comment | undefined, at: TreePath): void {
  if (node === undefined || node.type === "null" || node.type === "map" || node.type === "list") return;
  const what = node.type === "leaf" ? "one value" : "a comment";
  throw loss(`${formatTreePath(at)} is ${what}, which would be lost: nothing can stand below it`, at, {
    hint: `check the path; to replace the value, set ${formatTreePath(at)} itself to {...} or [...]`,
  });
}

/** `["db"]["$NAME"]` where the variable is not set: a key of no letters is there already, or nobody means it. */
function refuseNoName(root: MapNode, path: TreePath): void {
  const at = path.findIndex((part, i) => part === "" && getAt(root, path.slice(0, i + 1)) === undefined);
  if (at < 0) return;
  throw loss(`${formatTreePath(path.slice(0, at + 1))} ends in an empty key`, path.slice(0, at + 1), {
    hint: "is a variable of your script not set?",
  });
}

function loss(message: string, path: TreePath, { hint }: { hint: string }): SopsError {
  return new SopsError("BAD_SET_VALUE", message, { hint, place: { path: formatTreePath(path) } });
}

/** Path and value in each other's place: what is shown of them is nothing, as one of them is a secret. */
export function refuseSwapped(path: string, value: string): void {
  if (!isShortPath(path) || !/^\[\s*"[^"]*"\s*\]$/.test(value)) return;
  throw new SopsError("BAD_SET_VALUE", "the value looks like a path", {
    hint: `the path stands before the value; to set a list, write the path in brackets: '["hosts"]'`,
  });
}

/** What the user is told where a container takes the place of another one that holds more; none where nothing is lost. */
export function lostText(old: Node | Comment | undefined, value: Node, path: TreePath): readonly string[] {
  if (old?.type !== "map" && old?.type !== "list") return [];
  const lost = leavesOf(old, []).filter((at) => !stands(value, at));
  if (lost.length === 0) return [];
  const shown = lost.slice(0, MOST_SHOWN).map((at) => formatTreePath([...path, ...at]));
  const left = lost.length - shown.length;
  const all = `${shown.join(", ")}${left > 0 ? ` and ${String(left)} more` : ""}`;
  return [`the whole of ${formatTreePath(path)} is replaced, which drops ${all}`];
}

function stands(value: Node, at: TreePath): boolean {
  let node: Node | Comment | undefined = value;
  for (const part of at) {
    if (node?.type === "map") node = getAt(node, [part]);
    else node = node?.type === "list" && typeof part === "number" ? node.items[part] : undefined;
  }
  return node !== undefined;
}

/** The paths of all values below a node, itself included. */
function leavesOf(node: Node | Comment, at: TreePath): readonly TreePath[] {
  if (node.type === "leaf") return [at];
  if (node.type === "list") return node.items.flatMap((item, i) => leavesOf(item, [...at, i]));
  if (node.type !== "map") return [];
  return node.entries.flatMap((e) => (e.type === "entry" ? leavesOf(e.value, [...at, e.key]) : []));
}
