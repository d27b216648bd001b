import { SopsError } from "../../core/errors.ts";
import type { Comment, Entry, MapItem, MapNode, Node } from "../../core/tree.ts";
import { isBreak, SPACE, TAB } from "./characters.ts";
import { byteLength, doubleQuoted, nodeText, type ScalarText, stringText } from "./scalar-text.ts";

/** A key without `?` may have this many bytes, tag included. */
const LONGEST_SIMPLE_KEY = 128;
export const DEFAULT_INDENT = 4;

type Pending = "head" | "line" | "foot" | "tail" | "keyLine";

/** What holds the node that is written: decides how it is indented and whether a scalar may have several lines. */
type Within = "document" | "sequence" | "key" | "value";

/** Container comments, and the items between them: SOPS' way from the flat list back to go-yaml's nodes. */
interface Attached<T> {
  readonly head: readonly string[];
  readonly items: readonly {
    readonly item: T;
    readonly head: readonly string[];
    readonly line: readonly string[];
  }[];
  readonly foot: readonly string[];
}

/**
 * Pending comments that are not inline head the next item (the container, at its start); pending inline ones stand on
 * the next value's line; what is left is the foot of the last item (spec section 6.3).
 */
function attach<T extends { type: string }>(entries: readonly (T | Comment)[]): Attached<T> {
  const items: { item: T; head: string[]; line: string[] }[] = [];
  let [head, line, first]: [string[], string[], string[]] = [[], [], []];
  for (const entry of entries) {
    if (isComment(entry)) (entry.inline ? line : head).push(entry.text);
    else {
      if (items.length === 0) [first, head] = [head, []];
      items.push({ item: entry, head, line });
      [head, line] = [[], []];
    }
  }
  const rest = [...head, ...line];
  return items.length === 0 ? { head: rest, items, foot: [] } : { head: first, items, foot: rest };
}

function isComment(entry: { type: string }): entry is Comment {
  return entry.type === "comment";
}

/**
 * Writes trees as SOPS does through go-yaml v3 (spec section 6.3): always block style, no folding. The white space
 * around comments follows from the same few flags that go-yaml's emitter keeps.
 */
export class Emitter {
  readonly #parts: string[] = [];
  readonly #step: number;
  readonly #pending: Record<Pending, readonly string[]> = {
    head: [],
    line: [],
    foot: [],
    tail: [],
    keyLine: [],
  };
  #indent = -1;
  #column = 0;
  #whitespace = true;
  #indention = true;
  #footIndent = -1;

  /** `indent`: spaces for each level, 2 to 9; anything else is go-yaml's 2. */
  constructor(indent = DEFAULT_INDENT) {
    this.#step = indent < 2 || indent > 9 ? 2 : indent;
  }

  get text(): string {
    return this.#parts.join("");
  }

  document(root: Node, first: boolean): void {
    this.#indent = -1;
    if (!first) {
      this.#writeIndent();
      this.#indicator("---", true);
      this.#writeIndent();
    }
    this.#queue("head", headOf(root));
    this.#processHead();
    this.#node(root, "document");
    this.#footIndent = 0;
    this.#processFoot();
    this.#footIndent = -1;
    this.#writeIndent();
  }

  // --- characters

  #put(text: string): void {
    this.#parts.push(text);
    this.#column += text.length;
  }

  #break(text = "\n"): void {
    this.#parts.push(text);
    this.#column = 0;
    this.#indention = true;
  }

  #writeIndent(): void {
    const indent = Math.max(this.#indent, 0);
    if (!this.#indention || this.#column > indent || (this.#column === indent && !this.#whitespace))
      this.#break();
    if (this.#footIndent === indent) this.#break();
    if (this.#column < indent) this.#put(" ".repeat(indent - this.#column));
    this.#whitespace = true;
    this.#footIndent = -1;
  }

  #indicator(text: string, spaceBefore: boolean, isWhite = false, isIndention = false): void {
    if (spaceBefore && !this.#whitespace) this.#put(" ");
    this.#put(text);
    this.#whitespace = isWhite;
    this.#indention = this.#indention && isIndention;
  }

  // --- comments

  #queue(kind: Pending, lines: readonly string[]): void {
    if (lines.length > 0) this.#pending[kind] = lines;
  }

  #comment(lines: readonly string[]): void {
    lines.forEach((line, i) => {
      if (i > 0) {
        this.#break();
        this.#writeIndent();
      }
      this.#multiline(`#${line}`);
      this.#indention = false;
    });
    this.#break();
    this.#whitespace = true;
  }

  /** A comment that holds a line break of its own continues as a comment. */
  #multiline(line: string): void {
    let broken = false;
    for (const part of splitBreaks(line)) {
      if (isBreak(part.charCodeAt(0))) {
        this.#break(part);
        broken = true;
        continue;
      }
      if (broken) {
        this.#writeIndent();
        if (!part.startsWith("#")) this.#put("# ");
      }
      this.#put(part);
      this.#indention = broken = false;
    }
  }

  #processFootOf(kind: "foot" | "tail"): void {
    const lines = this.#pending[kind];
    if (lines.length === 0) return;
    this.#writeIndent();
    this.#comment(lines);
    this.#pending[kind] = [];
    this.#footIndent = Math.max(this.#indent, 0);
  }

  #processFoot(): void {
    this.#processFootOf("foot");
  }

  #processHead(): void {
    this.#processFootOf("tail");
    if (this.#pending.head.length === 0) return;
    this.#writeIndent();
    this.#comment(this.#pending.head);
    this.#pending.head = [];
  }

  /** `breakAfter`: a line end is due even where there is no comment. */
  #processLine(breakAfter = false): void {
    if (this.#pending.line.length === 0) {
      if (breakAfter) this.#break();
      return;
    }
    if (!this.#whitespace) this.#put(" ");
    this.#comment(this.#pending.line);
    this.#pending.line = [];
  }

  // --- nodes

  /** `line` and `foot` are the node's own comments. A container's wait until it is written, and then for a free line. */
  #node(node: Node, within: Within, line: readonly string[] = [], foot: readonly string[] = []): void {
    if (node.type === "leaf" || node.type === "null") {
      this.#queue("line", line);
      this.#queue("foot", foot);
      this.#scalar(nodeText(node), within, false);
      this.#processLine();
      this.#processFoot();
      return;
    }
    this.#processLine();
    this.#processFoot();
    const items = node.type === "map" ? node.entries : node.items;
    if (items.every((item) => item.type === "comment")) this.#empty(node.type, within, line, foot);
    else if (node.type === "map") this.#map(node, within, line, foot);
    else this.#list(node.items, within, line, foot);
  }

  #deeper(flow: boolean, within: Within): number {
    if (this.#indent < 0) return flow ? this.#step : 0;
    // Inside a list the first level only skips the "- ".
    if (within === "sequence") return this.#indent + 2;
    return this.#step * Math.floor((this.#indent + this.#step) / this.#step);
  }

  #map(node: MapNode, within: Within, line: readonly string[], foot: readonly string[]): void {
    const own = attach<Entry>(node.entries);
    const outer = this.#indent;
    this.#indent = this.#deeper(false, within);
    for (const entry of own.items) {
      this.#queue("head", entry.head);
      this.#processHead();
      this.#entry(entry.item, entry.line);
    }
    this.#queue("tail", own.foot);
    this.#queue("line", line);
    this.#queue("foot", foot);
    this.#processHead();
    this.#indent = outer;
  }

  #entry(item: Entry, line: readonly string[]): void {
    this.#writeIndent();
    this.#queue("keyLine", this.#pending.line);
    this.#pending.line = [];
    const key = stringText(item.key);
    const simple = !key.multiline && byteLength(key.text) + (key.tag === "" ? 0 : 7) <= LONGEST_SIMPLE_KEY;
    if (!simple) this.#indicator("?", true, false, true);
    this.#scalar(key, "key", simple);
    if (!simple) this.#writeIndent();
    this.#indicator(":", !simple, false, !simple);
    const value = item.value.type === "comment" ? EMPTY_VALUE : item.value;
    const container = value.type === "map" || value.type === "list";
    this.#queue("head", headOf(value));
    if (container) this.#keyLineNow();
    else if (line.length === 0) {
      this.#queue("line", this.#pending.keyLine);
      this.#pending.keyLine = [];
    }
    this.#node(value, "value", line);
  }

  /** A comment that is left over from a container before stands on the line of the next key. */
  #keyLineNow(): void {
    if (this.#pending.keyLine.length === 0) return;
    this.#pending.line = this.#pending.keyLine;
    this.#pending.keyLine = [];
    this.#processLine();
  }

  #list(
    entries: readonly (Node | Comment)[],
    within: Within,
    line: readonly string[],
    foot: readonly string[],
  ): void {
    const own = attach<Node>(entries);
    const outer = this.#indent;
    this.#indent = this.#deeper(false, within);
    for (const [i, entry] of own.items.entries()) {
      this.#queue("head", [...entry.head, ...headOf(entry.item)]);
      this.#processHead();
      this.#writeIndent();
      this.#indicator("-", true, false, true);
      this.#node(entry.item, "sequence", entry.line, i === own.items.length - 1 ? own.foot : []);
    }
    this.#queue("line", line);
    this.#queue("foot", foot);
    this.#indent = outer;
  }

  /** `[]` or `{}`. A map's comment stands inside its braces; a list's waits for the next node. */
  #empty(type: "map" | "list", within: Within, line: readonly string[], foot: readonly string[]): void {
    this.#queue("line", line);
    this.#queue("foot", foot);
    this.#indicator(type === "map" ? "{" : "[", true, true);
    const outer = this.#indent;
    this.#indent = this.#deeper(true, within);
    if (type === "map") this.#processHead();
    this.#indent = outer;
    if (type === "list" && this.#column === 0) this.#writeIndent();
    this.#indicator(type === "map" ? "}" : "]", false);
    this.#processLine();
    this.#processFoot();
  }

  // --- scalars

  #scalar(scalar: ScalarText, within: Within, simpleKey: boolean): void {
    if (scalar.tag !== "") {
      if (!this.#whitespace) this.#put(" ");
      this.#put(scalar.tag);
      this.#whitespace = this.#indention = false;
    }
    const outer = this.#indent;
    this.#indent = this.#deeper(true, within);
    const style = this.#styleHere(scalar, simpleKey);
    if (style === "plain") this.#plain(scalar.text);
    else if (style === "single") this.#single(scalar.text);
    else if (style === "double") this.#quoted(doubleQuoted(scalar.text, true));
    else this.#literal(scalar.text, outer);
    this.#indent = outer;
  }

  #styleHere(scalar: ScalarText, simpleKey: boolean): ScalarText["style"] {
    if (simpleKey && scalar.multiline) return "double";
    if (scalar.style === "literal" && simpleKey) return "double";
    return scalar.style;
  }

  #plain(text: string): void {
    if (text !== "" && !this.#whitespace) this.#put(" ");
    this.#put(text);
    if (text !== "") this.#whitespace = false;
    this.#indention = false;
  }

  #quoted(text: string): void {
    this.#indicator(text, true);
    this.#whitespace = this.#indention = false;
  }

  /** LS and PS stay as they are, each followed by the indentation of the next line. */
  #single(text: string): void {
    this.#indicator("'", true);
    let broken = false;
    for (const part of splitBreaks(text)) {
      if (isBreak(part.charCodeAt(0))) {
        if (!broken && part === "\n") this.#break();
        this.#break(part);
        broken = true;
      } else {
        if (broken) this.#writeIndent();
        this.#put(part.replaceAll("'", "''"));
        this.#indention = broken = false;
      }
    }
    this.#indicator("'", false);
    this.#whitespace = this.#indention = false;
  }

  #literal(text: string, outer: number): void {
    const first = text.charCodeAt(0);
    const hinted = first === SPACE || isBreak(first);
    // go-yaml's hint is wrong where the content is not one step deeper (in lists), and it refuses a tab where it looks
    // for the indentation; such texts would not read back.
    const wrongHint =
      hinted && this.#indent - Math.max(outer, 0) !== this.#step && /[^\n\u2028\u2029]/.test(text);
    if (wrongHint || first === TAB) {
      this.#quoted(doubleQuoted(text, true));
      return;
    }
    this.#indicator(`|${hinted ? String(this.#step) : ""}${chompOf(text)}`, true);
    this.#processLine(true);
    this.#whitespace = true;
    let broken = true;
    for (const part of splitBreaks(text)) {
      if (isBreak(part.charCodeAt(0))) {
        this.#break(part);
        broken = true;
        continue;
      }
      if (broken) this.#writeIndent();
      this.#put(part);
      this.#indention = broken = false;
    }
  }
}

const EMPTY_VALUE: Node = { type: "null" };

/** The comments at the start of a container, before its first item: they head the container itself. */
function headOf(node: Node): readonly string[] {
  if (node.type === "map") return attach<Entry>(node.entries).head;
  return node.type === "list" ? attach<Node>(node.items).head : [];
}

function chompOf(text: string): string {
  const last = text.length - 1;
  if (!isBreak(text.charCodeAt(last))) return "-";
  return last === 0 || isBreak(text.charCodeAt(last - 1)) ? "+" : "";
}

/** Text and line breaks in turn, each break by itself. */
function splitBreaks(text: string): string[] {
  return text.split(/([\n\r\x85\u2028\u2029])/).filter((part) => part !== "");
}

export function emitDocuments(documents: readonly MapNode[], indent?: number): string {
  if (indent !== undefined && indent < 0)
    throw new SopsError("EMIT", "a negative indentation for YAML", { hint: "use a number from 2 to 9" });
  const emitter = new Emitter(indent === undefined || indent === 0 ? DEFAULT_INDENT : indent);
  for (const [i, document] of documents.entries()) emitter.document(document, i === 0);
  return emitter.text;
}

/** A tree whose only entry is the metadata block, as text with a line end. */
export function emitMap(entries: readonly MapItem[], indent = DEFAULT_INDENT): string {
  return emitDocuments([{ type: "map", entries }], indent);
}
