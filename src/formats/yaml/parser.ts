import type { Span } from "../../core/tree.ts";
import { type Mark, parseError } from "./cursor.ts";
import type {
  AliasNode,
  Comments,
  MappingNode,
  ScalarNode,
  SequenceNode,
  YamlDocument,
  YamlNode,
  YamlStream,
} from "./node.ts";
import { Scanner } from "./scanner.ts";
import type { CommentLine, ScannedScalar, Token, TokenType } from "./token.ts";

/** The properties before a node's content, and where it stands. */
interface Frame {
  readonly start: Mark;
  tag: string;
  tagSpan: Span | undefined;
  anchor: string | undefined;
  anchorSpan: Span | undefined;
  readonly inFlow: boolean;
  readonly indent: number;
}

const CORE_TAG = "tag:yaml.org,2002:";
/** Where a node stands, and what may stand there. */
interface At {
  readonly block: boolean;
  /** A list may stand at the column of its key. */
  readonly indentless: boolean;
  readonly inFlow: boolean;
  readonly indent: number;
}

const bare = (start: Mark, inFlow: boolean, indent: number): Frame => ({
  start,
  tag: "",
  tagSpan: undefined,
  anchor: undefined,
  anchorSpan: undefined,
  inFlow,
  indent,
});

const NONE: readonly CommentLine[] = [];
const NO_COMMENTS: Comments = { head: NONE, line: NONE, foot: NONE };
const EMPTY: ScannedScalar = { style: "plain", value: "", end: 0 };

/** A whole YAML text. Throws PARSE. `start` is after a byte order mark. */
export function parseStream(text: string, start: number): YamlStream {
  const parser = new Parser(new Scanner(text, start));
  return { text, documents: parser.stream(), comments: parser.comments };
}

/**
 * Tokens to nodes, by recursive descent over the YAML 1.1 grammar. The order of `peek` and `takeComments` is that of
 * go-yaml's events: it decides which node a comment belongs to.
 */
class Parser {
  readonly #scanner: Scanner;
  readonly #anchors = new Map<string, YamlNode>();
  readonly #handles = new Map<string, string>();
  #head: readonly CommentLine[] = NONE;
  #line: readonly CommentLine[] = NONE;
  #foot: readonly CommentLine[] = NONE;
  #stem: readonly CommentLine[] = NONE;

  constructor(scanner: Scanner) {
    this.#scanner = scanner;
    this.#peek();
    this.#scanner.take();
  }

  get comments(): readonly Span[] {
    return this.#scanner.comments.all;
  }

  /** The next token; comments that wait for it are taken up. */
  #peek(): Token {
    const next = this.#scanner.peek();
    const queue = this.#scanner.comments;
    for (let run = queue.oldest; run !== undefined && next.start.index >= run.token; run = queue.oldest) {
      if (run.role === "head") {
        // A block end has no head: it stays for the token after.
        if (next.type === "block-end") break;
        this.#head = this.#head.length === 0 ? run.lines : [...this.#head, ...run.lines];
      } else if (run.role === "foot")
        this.#foot = this.#foot.length === 0 ? run.lines : [...this.#foot, ...run.lines];
      else this.#line = this.#line.length === 0 ? run.lines : [...this.#line, ...run.lines];
      queue.dropOldest();
    }
    return next;
  }

  #next(): Token {
    this.#scanner.take();
    return this.#peek();
  }

  #takeComments(): Comments {
    if (this.#head.length + this.#line.length + this.#foot.length === 0) {
      this.#stem = NONE;
      return NO_COMMENTS;
    }
    const taken = { head: this.#head, line: this.#line, foot: this.#foot };
    this.#head = this.#line = this.#foot = this.#stem = NONE;
    return taken;
  }

  // --- documents

  stream(): YamlDocument[] {
    const documents: YamlDocument[] = [];
    for (;;) {
      const made = this.#document(documents.length === 0);
      if (made === undefined) return documents;
      documents.push(made);
    }
  }

  #document(first: boolean): YamlDocument | undefined {
    let next = this.#peek();
    if (!first) while (next.type === "document-end") next = this.#next();
    if (next.type === "stream-end") return undefined;
    const explicit = ["yaml-directive", "tag-directive", "document-start"].includes(next.type);
    const implicit = first && !explicit;
    next = this.#directives();
    const head = implicit ? this.#splitDocumentHead() : NONE;
    let marker: Span | undefined;
    if (!implicit) {
      if (next.type !== "document-start") throw parseError("a document without --- before it", next.start);
      marker = { start: next.start.index, end: next.end };
      next = this.#next();
    }
    const root = this.#documentContent(next, implicit);
    return { root, head, ...(marker === undefined ? {} : { marker }), ...this.#documentEnd() };
  }

  #documentContent(next: Token, implicit: boolean): YamlNode {
    const empty: readonly TokenType[] = [
      "yaml-directive",
      "tag-directive",
      "document-start",
      "document-end",
      "stream-end",
    ];
    if (!implicit && empty.includes(next.type)) return this.#empty(next.start, false, -1);
    return this.#node({ block: true, indentless: false, inFlow: false, indent: -1 });
  }

  #documentEnd(): { end: number; foot: readonly CommentLine[] } {
    const next = this.#peek();
    const end = next.type === "stream-end" ? this.#scanner.cursor.length : next.start.index;
    if (next.type === "document-end") this.#scanner.take();
    this.#handles.clear();
    const { head, foot } = this.#takeComments();
    return { end, foot: foot.length === 0 ? head : foot };
  }

  #directives(): Token {
    let version = false;
    for (let next = this.#peek(); ; next = this.#next()) {
      if (next.type === "yaml-directive") {
        if (version) throw parseError("a second %YAML directive", next.start);
        if (next.value !== "1.1")
          throw parseError("a %YAML version other than 1.1, which sops refuses", next.start);
        version = true;
      } else if (next.type === "tag-directive") {
        if (this.#handles.has(next.value))
          throw parseError("a second %TAG directive for one handle", next.start);
        this.#handles.set(next.value, next.suffix);
      } else break;
    }
    if (!this.#handles.has("!")) this.#handles.set("!", "!");
    if (!this.#handles.has("!!")) this.#handles.set("!!", CORE_TAG);
    return this.#peek();
  }

  /** The comment above the first key is the document's down to its last blank line, the key's from there on. */
  #splitDocumentHead(): readonly CommentLine[] {
    const lines = this.#head;
    for (let i = lines.length - 1; i > 0; i--) {
      if (lines[i] !== null) continue;
      this.#head = lines.slice(i + 1);
      return lines.slice(0, i);
    }
    return NONE;
  }

  // --- nodes

  #node(at: At): YamlNode {
    let next = this.#peek();
    if (next.type === "alias") return this.#alias(next, at.inFlow, at.indent);
    const frame = bare(next.start, at.inFlow, at.indent);
    next = this.#properties(next, frame);
    if (at.indentless && next.type === "block-entry") return this.#sequence(frame, "indentless");
    if (next.type === "scalar") return this.#scalar(next, frame);
    if (next.type === "flow-sequence-start") return this.#flowSequence(frame);
    if (next.type === "flow-mapping-start") return this.#flowMapping(frame);
    if (at.block && next.type === "block-sequence-start") return this.#sequence(frame, "block");
    if (at.block && next.type === "block-mapping-start") return this.#blockMapping(frame);
    if (frame.tagSpan === undefined && frame.anchor === undefined)
      throw parseError("a value is missing or not complete here", next.start);
    const end = Math.max(frame.tagSpan?.end ?? 0, frame.anchorSpan?.end ?? 0);
    return this.#register(this.#makeScalar(frame, NO_COMMENTS, { start: end, end }));
  }

  #properties(first: Token, frame: Frame): Token {
    let next = first;
    for (let i = 0; i < 2; i++) {
      const span = { start: next.start.index, end: next.end };
      if (next.type === "anchor" && frame.anchor === undefined) {
        frame.anchor = next.value;
        frame.anchorSpan = span;
      } else if (next.type === "tag" && frame.tagSpan === undefined) {
        frame.tag = this.#fullTag(next);
        frame.tagSpan = span;
      } else break;
      next = this.#next();
    }
    return next;
  }

  #fullTag(tag: Token): string {
    if (tag.value === "") return tag.suffix === "!" ? "" : tag.suffix;
    const prefix = this.#handles.get(tag.value);
    if (prefix === undefined) throw parseError("a tag with an unknown handle", tag.start);
    return prefix + tag.suffix;
  }

  #base(frame: Frame, comments: Comments): Omit<AliasNode, "kind" | "name" | "target"> {
    const { start, tag, tagSpan, anchor, anchorSpan, inFlow, indent } = frame;
    const { index, line: sourceLine } = start;
    const { head, line, foot } = comments;
    return {
      start: index,
      end: index,
      sourceLine,
      tag,
      tagSpan,
      anchor,
      anchorSpan,
      inFlow,
      indent,
      head,
      line,
      foot,
    };
  }

  #register<T extends YamlNode>(node: T): T {
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    return node;
  }

  #alias(next: Token, inFlow: boolean, indent: number): AliasNode {
    const target = this.#anchors.get(next.value);
    if (target === undefined)
      throw parseError(`an alias to an anchor that is not defined before it`, next.start);
    const frame = bare(next.start, inFlow, indent);
    const comments = this.#takeComments();
    this.#scanner.take();
    return { kind: "alias", ...this.#base(frame, comments), end: next.end, name: next.value, target };
  }

  /** Two of three nodes are scalars: written out, for a spread of `#base` takes three times as long. */
  #makeScalar(frame: Frame, comments: Comments, content: Span, scanned = EMPTY): ScalarNode {
    return {
      kind: "scalar",
      start: frame.start.index,
      end: content.end,
      sourceLine: frame.start.line,
      tag: frame.tag,
      tagSpan: frame.tagSpan,
      anchor: frame.anchor,
      anchorSpan: frame.anchorSpan,
      inFlow: frame.inFlow,
      indent: frame.indent,
      head: comments.head,
      line: comments.line,
      foot: comments.foot,
      style: scanned.style,
      value: scanned.value,
      content,
      block: scanned.block,
    };
  }

  #empty(mark: Mark, inFlow: boolean, indent: number): ScalarNode {
    const frame = bare(mark, inFlow, indent);
    return this.#makeScalar(frame, NO_COMMENTS, { start: mark.index, end: mark.index });
  }

  #scalar(next: Token, frame: Frame): ScalarNode {
    const content = { start: next.start.index, end: next.end };
    const made = this.#makeScalar(frame, this.#takeComments(), content, next.scalar);
    this.#scanner.take();
    return this.#register(made);
  }

  // --- block collections

  /** The head that `#splitStem` set aside belongs to the collection as a whole. */
  #takeStem(): Comments {
    const head = this.#stem;
    this.#stem = NONE;
    return { head, line: NONE, foot: NONE };
  }

  #sequence(frame: Frame, kind: "block" | "indentless"): SequenceNode {
    const comments = kind === "block" ? this.#takeStem() : NO_COMMENTS;
    const base = this.#base(frame, comments);
    const column = this.#peek().start.column;
    const made = this.#register<SequenceNode>({ kind: "sequence", ...base, flow: false, column, items: [] });
    const indent = kind === "block" ? column : frame.indent;
    if (kind === "block") this.#scanner.take();
    const ends: readonly TokenType[] = kind === "block" ? ["block-end"] : ["key", "value", "block-end"];
    let next = this.#peek();
    while (next.type === "block-entry") {
      const dash = { ...next.start, index: next.end };
      const priorHead = this.#head.length;
      this.#scanner.take();
      this.#splitStem(priorHead);
      const content = this.#peek();
      if (content.type === "block-entry" || ends.includes(content.type))
        made.items.push(this.#empty(dash, false, indent));
      else made.items.push(this.#node({ block: true, indentless: false, inFlow: false, indent }));
      next = this.#peek();
    }
    made.end = made.items.at(-1)?.end ?? made.end;
    made.line = made.foot = NONE;
    if (kind === "indentless") return made;
    if (next.type !== "block-end")
      throw parseError("a list item or the end of the list is expected here", next.start);
    this.#scanner.take();
    return made;
  }

  #splitStem(length: number): void {
    if (length === 0) return;
    const next = this.#peek();
    if (next.type !== "block-sequence-start" && next.type !== "block-mapping-start") return;
    this.#stem = this.#head.slice(0, length);
    this.#head = this.#head.slice(length);
  }

  #blockMapping(frame: Frame): MappingNode {
    const start = this.#peek().start;
    const at = { block: true, indentless: true, inFlow: false, indent: start.column };
    const made = this.#startMapping(frame, this.#takeStem(), false, start);
    this.#scanner.take();
    let next = this.#peek();
    while (next.type === "key" || next.type === "value") {
      // Only `:` without a key before it comes here as "value": go-yaml wants a key first.
      if (next.type !== "key") throw parseError("a value without its key", next.start);
      const key = this.#blockPart(at);
      this.#moveFootUp(made, key);
      this.#peek();
      const value =
        this.#peek().type === "value"
          ? this.#blockPart(at)
          : this.#empty(this.#peek().start, false, start.column);
      this.#addPair(made, key, value);
      next = this.#peek();
    }
    if (next.type !== "block-end")
      throw parseError("a key is expected here; is a line not indented as it should be?", next.start);
    this.#endMapping(made, this.#takeComments());
    this.#scanner.take();
    return made;
  }

  /** What stands after the `?` or `:` token that is next. */
  #blockPart(at: At): YamlNode {
    const mark = this.#peek();
    const { type } = this.#next();
    if (type !== "key" && type !== "value" && type !== "block-end") return this.#node(at);
    return this.#empty({ ...mark.start, index: mark.end }, false, at.indent);
  }

  #startMapping(frame: Frame, comments: Comments, flow: boolean, at: Mark): MappingNode {
    const base = this.#base(frame, comments);
    const open = at.index + 1;
    return this.#register<MappingNode>({
      kind: "mapping",
      ...base,
      flow,
      column: at.column,
      open,
      pairs: [],
    });
  }

  /** A foot that a key in a block has is the foot of the entry before it. */
  #moveFootUp(made: MappingNode, key: YamlNode): void {
    const before = made.pairs.at(-1)?.key;
    if (key.foot.length === 0 || before === undefined) return;
    before.foot = key.foot;
    key.foot = NONE;
  }

  #addPair(made: MappingNode, key: YamlNode, value: YamlNode): void {
    if (key.foot.length === 0 && value.foot.length > 0) {
      key.foot = value.foot;
      value.foot = NONE;
    }
    made.pairs.push({ key, value });
  }

  #endMapping(made: MappingNode, comments: Comments): void {
    made.line = comments.line;
    made.foot = comments.foot;
    const last = made.pairs.at(-1);
    if (last === undefined) return;
    if (!made.flow) {
      made.end = Math.max(last.key.end, last.value.end);
      if (made.foot.length > 0) {
        last.key.foot = made.foot;
        made.foot = NONE;
      }
    }
  }

  // --- flow collections

  #flowSequence(frame: Frame): SequenceNode {
    const base = this.#base(frame, this.#takeComments());
    const made = this.#register<SequenceNode>({
      kind: "sequence",
      ...base,
      flow: true,
      column: 0,
      items: [],
    });
    let next = this.#next();
    while (next.type !== "flow-sequence-end") {
      if (next.type === "key") made.items.push(this.#singlePair(frame.indent));
      else
        made.items.push(this.#node({ block: false, indentless: false, inFlow: true, indent: frame.indent }));
      next = this.#peek();
      if (next.type === "flow-entry") next = this.#next();
      else if (next.type !== "flow-sequence-end")
        throw parseError("a comma or ] is expected here", next.start);
    }
    const { line, foot } = this.#takeComments();
    made.line = line;
    made.foot = foot;
    made.end = next.end;
    this.#scanner.take();
    return made;
  }

  /** `[a: b]`: a mapping of one entry. */
  #singlePair(indent: number): MappingNode {
    const mark = this.#peek().start;
    const frame = bare(mark, true, indent);
    const made = this.#startMapping(frame, NO_COMMENTS, true, mark);
    let next = this.#next();
    let key: YamlNode;
    if (next.type === "value" || next.type === "flow-entry" || next.type === "flow-sequence-end") {
      key = this.#empty({ ...next.start, index: next.end }, true, indent);
      this.#scanner.take();
    } else key = this.#node({ block: false, indentless: false, inFlow: true, indent });
    next = this.#peek();
    let value: YamlNode | undefined;
    if (next.type === "value") {
      next = this.#next();
      if (next.type !== "flow-entry" && next.type !== "flow-sequence-end")
        value = this.#node({ block: false, indentless: false, inFlow: true, indent });
    }
    value ??= this.#empty(next.start, true, indent);
    this.#addPair(made, key, value);
    this.#peek();
    made.end = Math.max(key.end, value.end);
    made.line = made.foot = NONE;
    return made;
  }

  #flowMapping(frame: Frame): MappingNode {
    const made = this.#startMapping(frame, this.#takeComments(), true, this.#peek().start);
    let next = this.#next();
    while (next.type !== "flow-mapping-end") {
      this.#flowPair(made, frame.indent);
      next = this.#peek();
      if (next.type === "flow-entry") {
        made.trailingComma = next.end;
        next = this.#next();
        if (next.type !== "flow-mapping-end") delete made.trailingComma;
      } else if (next.type !== "flow-mapping-end")
        throw parseError("a comma or } is expected here", next.start);
    }
    this.#endMapping(made, this.#takeComments());
    made.end = next.end;
    this.#scanner.take();
    return made;
  }

  #flowPair(made: MappingNode, indent: number): void {
    const at = { block: false, indentless: false, inFlow: true, indent };
    const explicit = this.#peek().type === "key";
    if (!explicit) {
      const key = this.#node(at);
      this.#addPair(made, key, this.#empty(this.#peek().start, true, indent));
      return;
    }
    const ends: readonly TokenType[] = ["flow-entry", "flow-mapping-end"];
    let next = this.#next();
    const key =
      next.type === "value" || ends.includes(next.type)
        ? this.#empty(next.start, true, indent)
        : this.#node(at);
    next = this.#peek();
    let value: YamlNode | undefined;
    if (next.type === "value") {
      next = this.#next();
      if (!ends.includes(next.type)) value = this.#node(at);
    }
    this.#addPair(made, key, value ?? this.#empty(next.start, true, indent));
  }
}
