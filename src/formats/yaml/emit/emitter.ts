import { SopsError } from "../../../core/base/errors.ts";
import type { EmitOptions } from "../../../core/model/format.ts";
import type { Comment, Entry, MapItem, MapNode, Node } from "../../../core/model/tree.ts";
import { attach, headOf } from "./distribute-comments.ts";
import { ScalarEmitter } from "./emit-scalar.ts";
import { Page } from "./writer.ts";
import { PendingComments } from "./pending-comments.ts";
import { byteLength, exactNodeText, keyText, nodeText, type ScalarText } from "./scalar-text.ts";

/** A key without `?` may have this many bytes, tag included. */
const LONGEST_SIMPLE_KEY = 128;
export const DEFAULT_INDENT = 4;

/** What holds the node that is written: decides how it is indented and whether a scalar may have several lines. */
type Within = "document" | "sequence" | "key" | "value";

/**
 * Writes trees as SOPS does through go-yaml v3 (format.md 6.3): always block style, no folding. The white space
 * around comments follows from the same few flags that go-yaml's emitter keeps.
 */
export class Emitter {
  readonly #page = new Page();
  readonly #comments = new PendingComments(this.#page);
  readonly #scalars: ScalarEmitter;
  readonly #step: number;
  readonly #exact: boolean;

  /** `indent`: spaces for each level, 2 to 9; anything else is go-yaml's 2. */
  constructor(indent = DEFAULT_INDENT, exact = false) {
    this.#exact = exact;
    this.#step = indent < 2 || indent > 9 ? 2 : indent;
    this.#scalars = new ScalarEmitter(this.#page, this.#comments, this.#step);
  }

  get text(): string {
    return this.#page.text;
  }

  document(root: Node, first: boolean): void {
    this.#page.indent = -1;
    if (!first) {
      this.#page.writeIndent();
      this.#page.indicator("---", true);
      this.#page.writeIndent();
    }
    this.#comments.queue("head", headOf(root));
    this.#comments.head();
    this.#node(root, "document");
    this.#page.footIndent = 0;
    this.#comments.foot();
    this.#page.footIndent = -1;
    this.#page.writeIndent();
  }

  /** `line` and `foot` are the node's own comments. A container's wait until it is written, and then for a free line. */
  #node(node: Node, within: Within, line: readonly string[] = [], foot: readonly string[] = []): void {
    if (node.type === "leaf" || node.type === "null") {
      this.#comments.queue("line", line);
      this.#comments.queue("foot", foot);
      this.#scalar(this.#exact ? exactNodeText(node) : nodeText(node), within, false);
      this.#comments.line();
      this.#comments.foot();
      return;
    }
    this.#comments.line();
    this.#comments.foot();
    const items = node.type === "map" ? node.entries : node.items;
    if (items.every((item) => item.type === "comment")) this.#empty(node.type, within, line, foot);
    else if (node.type === "map") this.#map(node, within, line, foot);
    else this.#list(node.items, within, line, foot);
  }

  #deeper(flow: boolean, within: Within): number {
    if (this.#page.indent < 0) return flow ? this.#step : 0;
    // Inside a list the first level only skips the "- ".
    if (within === "sequence") return this.#page.indent + 2;
    return this.#step * Math.floor((this.#page.indent + this.#step) / this.#step);
  }

  #map(node: MapNode, within: Within, line: readonly string[], foot: readonly string[]): void {
    const own = attach<Entry>(node.entries);
    const outer = this.#page.indent;
    this.#page.indent = this.#deeper(false, within);
    for (const entry of own.items) {
      this.#comments.queue("head", entry.head);
      this.#comments.head();
      this.#entry(entry.item, entry.line);
    }
    this.#comments.queue("tail", own.foot);
    this.#comments.queue("line", line);
    this.#comments.queue("foot", foot);
    this.#comments.head();
    this.#page.indent = outer;
  }

  #entry(item: Entry, line: readonly string[]): void {
    this.#page.writeIndent();
    this.#comments.lineToKeyLine();
    const key = keyText(item.key);
    const simple = !key.multiline && byteLength(key.text) + key.tag.length <= LONGEST_SIMPLE_KEY;
    if (!simple) this.#page.indicator("?", true, false, true);
    this.#scalar(key, "key", simple);
    if (!simple) this.#page.writeIndent();
    this.#page.indicator(":", !simple, false, !simple);
    const value = item.value.type === "comment" ? EMPTY_VALUE : item.value;
    const container = value.type === "map" || value.type === "list";
    this.#comments.queue("head", headOf(value));
    if (container) this.#comments.keyLineNow();
    else if (line.length === 0) this.#comments.keyLineToLine();
    this.#node(value, "value", line);
  }

  #list(
    entries: readonly (Node | Comment)[],
    within: Within,
    line: readonly string[],
    foot: readonly string[],
  ): void {
    const own = attach<Node>(entries);
    const outer = this.#page.indent;
    this.#page.indent = this.#deeper(false, within);
    for (const [i, entry] of own.items.entries()) {
      this.#comments.queue("head", [...entry.head, ...headOf(entry.item)]);
      this.#comments.head();
      this.#page.writeIndent();
      this.#page.indicator("-", true, false, true);
      this.#node(entry.item, "sequence", entry.line, i === own.items.length - 1 ? own.foot : []);
    }
    this.#comments.queue("line", line);
    this.#comments.queue("foot", foot);
    this.#page.indent = outer;
  }

  /** `[]` or `{}`. A map's comment stands inside its braces; a list's waits for the next node. */
  #empty(type: "map" | "list", within: Within, line: readonly string[], foot: readonly string[]): void {
    this.#comments.queue("line", line);
    this.#comments.queue("foot", foot);
    this.#page.indicator(type === "map" ? "{" : "[", true, true);
    const outer = this.#page.indent;
    this.#page.indent = this.#deeper(true, within);
    if (type === "map") this.#comments.head();
    this.#page.indent = outer;
    if (type === "list" && this.#page.column === 0) this.#page.writeIndent();
    this.#page.indicator(type === "map" ? "}" : "]", false);
    this.#comments.line();
    this.#comments.foot();
  }

  #scalar(scalar: ScalarText, within: Within, simpleKey: boolean): void {
    if (scalar.tag !== "") this.#scalars.tag(scalar.tag);
    const outer = this.#page.indent;
    this.#page.indent = this.#deeper(true, within);
    this.#scalars.emit(scalar, simpleKey, outer);
    this.#page.indent = outer;
  }
}

const EMPTY_VALUE: Node = { type: "null" };

export function emitDocuments(documents: readonly MapNode[], { indent, exact }: EmitOptions = {}): string {
  if (indent !== undefined && indent < 0)
    throw new SopsError("EMIT", "a negative indentation for YAML", { hint: "use a number from 2 to 9" });
  const emitter = new Emitter(indent === undefined || indent === 0 ? DEFAULT_INDENT : indent, exact);
  for (const [i, document] of documents.entries()) emitter.document(document, i === 0);
  return emitter.text;
}

/** A tree whose only entry is the metadata block, as text with a line end. */
export function emitMap(entries: readonly MapItem[], indent = DEFAULT_INDENT): string {
  return emitDocuments([{ type: "map", entries }], { indent });
}
