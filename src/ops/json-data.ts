import { fromUtf8, utf8 } from "../core/base/bytes.ts";
import type { Comment, MapNode, Node, Tree } from "../core/model/tree.ts";
import { entry, list, map } from "../core/model/tree.ts";
import { loadFormat } from "../formats/index.ts";

/**
 * A tree as one map of JSON: the documents merged, of two entries with one name the later counts, comments left out.
 * SOPS does that for maps, but writes its own inner form of a map or a comment that stands in a list. Throws EMIT for
 * what JSON cannot hold.
 */
export async function jsonData(tree: Tree): Promise<Uint8Array> {
  const merged = new Map<string, Node>();
  for (const document of tree.documents)
    for (const [key, value] of entriesOf(document)) merged.set(key, value);
  const json = await loadFormat("json");
  const entries = [...merged].map(([key, value]) => entry(key, value));
  return json.emit({ documents: [map(entries)] }, { indent: 0 });
}

function entriesOf({ entries }: MapNode): readonly (readonly [string, Node])[] {
  return entries.flatMap((item) =>
    item.type === "comment" || item.value.type === "comment" ? [] : [[item.key, bare(item.value)] as const],
  );
}

/** The node without the comments in it. */
function bare(node: Node): Node {
  if (node.type === "map") return map(entriesOf(node).map(([key, value]) => entry(key, value)));
  if (node.type === "list") return list(node.items.filter(isNode).map(bare));
  return node;
}

const isNode = (item: Node | Comment): item is Node => item.type !== "comment";

/** Whole numbers that JavaScript may round: 2^53 has 16 digits. */
const LONG_NUMBER = /\d{16}/;

/**
 * Do two texts hold the same JSON, whatever the order of names and the spelling? In doubt they do not: what has numbers
 * that cannot be told apart here, and what is no JSON.
 */
export function sameJson(a: Uint8Array, b: Uint8Array): boolean {
  try {
    const [one, other] = [fromUtf8(a), fromUtf8(b)];
    if (LONG_NUMBER.test(one.replace(/"(?:[^"\\]|\\.)*"/g, ""))) return false;
    return sorted(one) === sorted(other);
  } catch {
    return false;
  }
}

function sorted(text: string): string {
  return JSON.stringify(JSON.parse(text), (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

/** The same bytes without a final newline, as one line of a request. */
export function withoutNewline(text: Uint8Array): Uint8Array {
  return utf8(fromUtf8(text).trimEnd());
}
