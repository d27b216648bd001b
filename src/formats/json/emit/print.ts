import { SopsError } from "../../../core/base/errors.ts";
import type { EmitOptions } from "../../../core/model/format.ts";
import { formatTreePath } from "../../../core/model/path.ts";
import {
  type Comment,
  type Entry,
  entry,
  type Leaf,
  map,
  type MapNode,
  type Node,
  type Scalar,
  str,
} from "../../../core/model/tree.ts";
import { MAX_DEPTH } from "../parse/depth.ts";
import { type Item, itemsOf } from "../parse/items.ts";
import { quoteGo } from "../parse/quote.ts";
import { canonicalScalar } from "../hints/spelling.ts";

/** How containers are laid out. */
export interface PrintStyle {
  /** The line break before each item, or null: everything on one line. */
  readonly newline: string | null;
  /** One level of indentation. */
  readonly unit: string;
  /** What stands between a key and its value. */
  readonly colon: string;
  /** The space after a comma, where items share a line. */
  readonly gap: string;
  /** The text of a scalar; null where JSON has none. */
  readonly spell: (value: Scalar) => string | null;
}

/** SOPS' own layout: one tab (-1, the default) or so many spaces; 0 breaks lines without indenting. Throws EMIT. */
export function canonicalStyle(options: EmitOptions = {}): PrintStyle {
  const indent = options.indent ?? -1;
  if (indent < -1)
    throw new SopsError("EMIT", `JSON cannot be indented by ${String(indent)}`, {
      hint: "give a number of spaces, or -1 for a tab",
    });
  return {
    newline: "\n",
    unit: indent === -1 ? "\t" : " ".repeat(indent),
    colon: ": ",
    gap: "",
    spell: canonicalScalar,
  };
}

/** A container that is being printed. */
interface Frame {
  readonly items: readonly (Entry | Node)[];
  readonly closer: string;
  /** Indentation of the line that the closing bracket stands on. */
  readonly margin: string;
  readonly depth: number;
  readonly parent: Frame | null;
  /** Items begun so far. */
  count: number;
}

/**
 * A node as JSON text, without a final newline; `margin` is the indentation of the line it starts on. Comments are
 * left out. Throws EMIT for an infinite or undefined number, and past the depth that SOPS writes.
 */
export function printNode(node: Node, style: PrintStyle, margin = ""): string {
  const parts: string[] = [];
  let frame = begin(node, null, margin, style, parts);
  while (frame !== null) {
    const item = frame.items[frame.count];
    if (item === undefined) {
      if (style.newline !== null) parts.push(style.newline, frame.margin);
      parts.push(frame.closer);
      frame = frame.parent;
      continue;
    }
    const inner = frame.margin + style.unit;
    if (frame.count > 0) parts.push(",");
    if (style.newline !== null) parts.push(style.newline, inner);
    else if (frame.count > 0) parts.push(style.gap);
    frame.count++;
    if (item.type === "entry") parts.push(quoteGo(item.key), style.colon);
    frame = begin(item.type === "entry" ? item.value : item, frame, inner, style, parts) ?? frame;
  }
  return parts.join("");
}

/** Prints a scalar or an empty container whole (null), or the opening bracket of what is then in progress. */
function begin(
  node: Node | Comment,
  parent: Frame | null,
  margin: string,
  style: PrintStyle,
  parts: string[],
): Frame | null {
  if (node.type === "null" || node.type === "leaf") {
    parts.push(node.type === "null" ? "null" : (style.spell(node.value) ?? raiseNotFinite(parent)));
    return null;
  }
  const container = node.type === "comment" ? commentAsMap(node) : node;
  const items = itemsOf(container).filter(isPrinted);
  const [opener, closer] = container.type === "map" ? ["{", "}"] : ["[", "]"];
  parts.push(items.length > 0 ? opener : opener + closer);
  if (items.length === 0) return null;
  const depth = (parent?.depth ?? 0) + 1;
  if (depth > MAX_DEPTH) throw cannotEmit(`the data nests deeper than ${String(MAX_DEPTH)} levels`);
  return { items, closer, margin, depth, parent, count: 0 };
}

const isPrinted = (item: Item): item is Entry | Node => item.type !== "comment";

/** A comment that is a map's value (traps.md 53) cannot be left out: SOPS prints it as an object. */
function commentAsMap(comment: Comment): MapNode {
  const inline: Leaf = { type: "leaf", value: { kind: "bool", value: comment.inline } };
  return map([entry("Value", str(comment.text)), entry("Inline", inline)]);
}

function raiseNotFinite(parent: Frame | null): never {
  throw notFinite(formatTreePath(pathTo(parent)));
}

/** The value at `path` is a number that JSON has no text for. */
export function notFinite(path?: string): SopsError {
  return cannotEmit("a number is infinite or not a number, JSON has no text for it", path);
}

function cannotEmit(message: string, path?: string): SopsError {
  return new SopsError("EMIT", message, {
    hint: "change the value, or choose another --output-type",
    place: { path },
  });
}

/** The path of the item that was begun last. */
function pathTo(innermost: Frame | null): (string | number)[] {
  const path: (string | number)[] = [];
  for (let frame = innermost; frame !== null; frame = frame.parent) {
    const item = frame.items[frame.count - 1];
    path.push(item?.type === "entry" ? item.key : frame.count - 1);
  }
  return path.reverse();
}
