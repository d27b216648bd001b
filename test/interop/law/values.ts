import { formatTreePath } from "../../../src/core/model/path.ts";
import type { TreePath } from "../../../src/core/model/tree-edit.ts";
import type { Comment, MapNode, Node } from "../../../src/core/model/tree.ts";
import { anyString } from "../../support/generate/words.ts";
import type { Random } from "../../support/generate/random.ts";
import type { LawFormat } from "./world.ts";

/** What text formats trip over: line breaks, backslashes, quotes, blanks at the ends, signs of comments. */
const PIECES: readonly [string, ...string[]] = [
  "a",
  "b c",
  "\n",
  "\n\n",
  "\r\n",
  "\r",
  "\\",
  "\\\\",
  "\\n",
  '\\"',
  '"',
  '"""',
  "'",
  "''",
  "'''",
  "`",
  " ",
  "  ",
  "\t",
  "\u00a0",
  "\u0085",
  "\u2028",
  "\ufeff",
  "#",
  " #",
  ";",
  " ;",
  "=",
  ": ",
  "- ",
  "%(x)s",
  "$x",
  "é",
  "😀",
  "---",
  "[x]",
  "ENC[",
];

function trapString(r: Random): string {
  if (r.chance(0.2)) return anyString(r);
  return r.times(1, 4, () => r.pick(PIECES)).join("");
}

/** A JSON text to be set: mostly a string, of JSON and YAML also other kinds. */
export function trapValue(name: LawFormat, r: Random): string {
  if (name === "ini" || name === "dotenv" || r.chance(0.8)) return JSON.stringify(trapString(r));
  if (r.chance(0.4)) return r.pick(["5", "-0.5", "1e3", "true", "null", "{}", "0", "12345678901234"]);
  return JSON.stringify({ [trapString(r)]: trapString(r), b: [trapString(r), { c: trapString(r) }] });
}

/** The path of any node of a document, comments and containers too. Null: it is empty. */
export function anyPath(root: MapNode, r: Random): TreePath | null {
  const paths: TreePath[] = [];
  const collect = (node: Node | Comment, path: TreePath): void => {
    if (path.length > 0) paths.push(path);
    if (node.type === "list") node.items.forEach((item, i) => collect(item, [...path, i]));
    if (node.type !== "map") return;
    for (const item of node.entries)
      if (item.type === "entry" && canBeNamed(item.key)) collect(item.value, [...path, item.key]);
  };
  collect(root, []);
  return paths[r.int(paths.length)] ?? null;
}

/** SOPS cuts a path at each bracket. An empty key is refused by design (docs/compat.md). */
function canBeNamed(key: string): boolean {
  return key !== "" && !/[[\]]/.test(key);
}

/** A path to set: one that is there, or a new name beside it. */
export function pathToSet(name: LawFormat, root: MapNode, r: Random): string {
  const there = anyPath(root, r);
  const fresh = `new${String(r.int(100))}`;
  if (there === null) return formatTreePath(name === "ini" ? ["section", fresh] : [fresh]);
  if (name === "ini" && there.length === 1) return formatTreePath([...there, fresh]);
  return formatTreePath(r.chance(0.25) ? [...there.slice(0, -1), fresh] : there);
}
