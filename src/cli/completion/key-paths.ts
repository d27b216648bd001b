import { resolve } from "node:path";
import { SopsError } from "../../core/base/errors.ts";
import { FORMAT_NAMES, type Format } from "../../core/model/format.ts";
import { isShortKey } from "../../core/model/path.ts";
import type { Comment, Node, Tree } from "../../core/model/tree.ts";
import { formatOfSealed } from "../../formats/detect.ts";
import { loadFormat } from "../../formats/index.ts";
import { readInput } from "../../node/read-input.ts";
import type { Io } from "../io.ts";

/** A path that the word may become, and what stands there. */
export interface KeyPath {
  readonly text: string;
  readonly about: string;
}

/**
 * The key paths of a file that `word` may become, one level further than it says; none where the file cannot be read.
 * The keys of a sealed file stand in clear text; no value is ever shown. In the short form, `a.b[0]`, which no shell
 * has to quote, unless the word has begun as `["a"]`.
 */
export async function keyPaths(
  file: string,
  type: string | undefined,
  word: string,
  io: Io,
): Promise<readonly KeyPath[]> {
  try {
    const bytes = await readInput(resolve(io.cwd, file));
    const name = FORMAT_NAMES.find((each) => each === type) ?? formatOfSealed(file, bytes);
    return pathsOf(treeOf(bytes, await loadFormat(name)), word);
  } catch (error) {
    if (error instanceof SopsError) return [];
    throw error;
  }
}

/** A file that is not sealed has paths too. */
function treeOf(bytes: Uint8Array, format: Format): Tree {
  try {
    return format.parseSealed(bytes).tree;
  } catch (error) {
    if (error instanceof SopsError && error.code === "NO_METADATA") return format.parsePlain(bytes).tree;
    throw error;
  }
}

function pathsOf(tree: Tree, word: string): readonly KeyPath[] {
  const [first] = tree.documents;
  if (first === undefined) return [];
  let [at, paths] = ["", childrenOf(first, "", word)];
  for (;;) {
    const fitting = paths.filter(({ text }) => text.startsWith(word));
    const [only, second] = fitting;
    // One that goes on is shown with what follows: the shell would take it for the end.
    if (only !== undefined && second === undefined) return [only, ...childrenOf(only.node, only.text, word)];
    if (second !== undefined) return fitting;
    const next = paths
      .filter(({ text }) => word.startsWith(text))
      .sort((a, b) => b.text.length - a.text.length)[0];
    if (next === undefined || next.text === at) return [];
    [at, paths] = [next.text, childrenOf(next.node, next.text, word)];
  }
}

interface Child extends KeyPath {
  readonly node: Node | Comment;
}

function childrenOf(node: Node | Comment, path: string, word: string): readonly Child[] {
  if (node.type === "list")
    return node.items.flatMap((item, i) =>
      item.type === "comment" ? [] : [child(`${path}[${String(i)}]`, item)],
    );
  if (node.type !== "map") return [];
  const brackets = word.startsWith("[") || path.startsWith("[");
  return node.entries.flatMap((item) =>
    item.type === "comment" || !canBeNamed(item.key)
      ? []
      : [child(step(path, item.key, brackets), item.value)],
  );
}

const child = (text: string, node: Node | Comment): Child => ({ text, about: aboutOf(node), node });

function step(path: string, key: string, brackets: boolean): string {
  if (brackets || key.includes(" ") || !isShortKey(key)) return `${path}["${key}"]`;
  return path === "" ? key : `${path}.${key}`;
}

/** A path has no place for brackets in a key, and a line none for control characters: they would reach the terminal. */
function canBeNamed(key: string): boolean {
  return key !== "" && !/[[\]\u0000-\u001f\u007f-\u009f]/.test(key);
}

function aboutOf(node: Node | Comment): string {
  if (node.type === "map") return "map";
  return node.type === "list" ? "list" : "value";
}
