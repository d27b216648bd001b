import { SopsError } from "../core/base/errors.ts";
import { entry, list, map, type MapNode, type Node, type Scalar } from "../core/model/tree.ts";

const MAP_MARK = "__map_";
const LIST_MARK = "__list_";
/** A metadata block nests five levels; far more is an attack on the stack. */
const MAX_STEPS = 64;

/** One line of a flattened block; null is a nil value. */
export interface FlatPair {
  readonly key: string;
  readonly value: Scalar | null;
}

/**
 * A metadata block as `a__map_b__list_0` pairs, depth first (format.md 5.5). Comments are skipped, empty containers
 * vanish. Throws EMIT on a collision.
 */
export function flatten(block: MapNode): FlatPair[] {
  const pairs: FlatPair[] = [];
  for (const item of block.entries) if (item.type === "entry") flattenInto(pairs, item.key, item.value);
  refuseCollision(pairs);
  return pairs;
}

function flattenInto(pairs: FlatPair[], key: string, node: MapNode["entries"][number] | Node): void {
  if (node.type === "comment") return;
  if (node.type === "leaf") pairs.push({ key, value: node.value });
  else if (node.type === "null") pairs.push({ key, value: null });
  else if (node.type === "map") {
    for (const item of node.entries)
      if (item.type === "entry") flattenInto(pairs, key + MAP_MARK + item.key, item.value);
  } else if (node.type === "list") {
    const items = node.items.filter((item) => item.type !== "comment");
    for (const [i, item] of items.entries()) flattenInto(pairs, key + LIST_MARK + String(i), item);
  }
}

function refuseCollision(pairs: readonly FlatPair[]): void {
  const seen = new Set<string>();
  for (const { key } of pairs) {
    if (seen.has(key))
      throw new SopsError("EMIT", `two metadata fields have the flat name ${key}`, {
        hint: "a KMS context key holds __map_ or __list_: rename it, or use YAML or JSON",
      });
    seen.add(key);
  }
}

/** A step of a flat name: a map key or a list index. */
type Step = string | number;

interface Slot {
  value: string | undefined;
  readonly keys: Map<string, Slot>;
  readonly indices: Map<number, Slot>;
}

const newSlot = (): Slot => ({ value: undefined, keys: new Map(), indices: new Map() });

/**
 * The block again, maps sorted by key. Throws BAD_METADATA: a field that is there twice, one that is both a value and
 * a container (or both kinds of container), a list with holes.
 */
export function unflatten(pairs: Iterable<readonly [key: string, value: string]>): MapNode {
  const root = newSlot();
  for (const [key, value] of pairs) {
    const slot = slotAt(root, key);
    if (slot.value !== undefined) throw bad(`the field ${key} is there twice`, "keep one of the two");
    slot.value = value;
  }
  const block = build(root, "the block");
  return block.type === "map" ? block : map([]);
}

function slotAt(root: Slot, key: string): Slot {
  const steps = tokenize(key);
  if (steps.length > MAX_STEPS) throw bad("a field nests too deep", "restore the file from git");
  let slot = root;
  for (const step of steps)
    slot = typeof step === "string" ? child(slot.keys, step) : child(slot.indices, step);
  return slot;
}

function child<K>(slots: Map<K, Slot>, key: K): Slot {
  const known = slots.get(key);
  if (known !== undefined) return known;
  const made = newSlot();
  slots.set(key, made);
  return made;
}

/** Cuts a flat name at its markers, left to right; the first step has none. */
export function tokenize(path: string): Step[] {
  const steps: Step[] = [];
  let from = 0;
  let isIndex = false;
  const add = (end: number): void => {
    const text = path.slice(from, end);
    steps.push(isIndex ? indexOf(text) : text);
  };
  for (const mark of path.matchAll(/__(?:map|list)_/g)) {
    add(mark.index);
    isIndex = mark[0] === LIST_MARK;
    from = mark.index + mark[0].length;
  }
  add(path.length);
  return steps;
}

/** As Go's `Atoi` with its error ignored: what is no number is 0. */
function indexOf(text: string): number {
  return /^[+-]?\d+$/.test(text) ? Number(text) + 0 : 0;
}

function build(slot: Slot, name: string): Node {
  const kinds = Number(slot.value !== undefined) + Number(slot.keys.size > 0) + Number(slot.indices.size > 0);
  if (kinds > 1) throw bad(`${name} is both a value and a container`, "restore the file from git");
  if (slot.value !== undefined) return { type: "leaf", value: { kind: "str", value: slot.value } };
  if (slot.indices.size > 0) return list(buildItems(slot, name));
  const keys = [...slot.keys].sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
  return map(keys.map(([key, value]) => entry(key, build(value, key))));
}

function buildItems(slot: Slot, name: string): Node[] {
  const items: Node[] = [];
  for (let i = 0; i < slot.indices.size; i++) {
    const item = slot.indices.get(i);
    if (item === undefined)
      throw bad(`the list ${name} has no item ${String(i)}`, "number its items from 0, without holes");
    items.push(build(item, name));
  }
  return items;
}

function bad(message: string, hint: string): SopsError {
  return new SopsError("BAD_METADATA", `the sops metadata is damaged: ${message}`, { hint });
}
