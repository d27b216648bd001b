import type { Span } from "../../../core/model/tree.ts";
import { type Mark, parseError } from "./cursor.ts";
import { bareFrame, baseOf, emptyNode, scalarNode, type Frame } from "./node-properties.ts";
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
import type { CommentLine, Token, TokenType } from "./token.ts";
import { NO_COMMENTS, TokenReader } from "./token-reader.ts";

/** Where a node stands, and what may stand there. */
interface At {
  readonly block: boolean;
  /** A list may stand at the column of its key. */
  readonly indentless: boolean;
  readonly inFlow: boolean;
  readonly indent: number;
}

const CORE_TAG = "tag:yaml.org,2002:";
const NO_LINES: readonly CommentLine[] = [];

/** A whole YAML text. Throws PARSE. `start` is after a byte order mark. */
export function parseStream(text: string, start: number): YamlStream {
  const tokens = new TokenReader(new Scanner(text, start));
  return { text, documents: new Parser(tokens).stream(), comments: tokens.comments };
}

/** Tokens to nodes, by recursive descent over the YAML 1.1 grammar. */
class Parser {
  readonly #tokens: TokenReader;
  readonly #anchors = new Map<string, YamlNode>();
  readonly #handles = new Map<string, string>();

  constructor(tokens: TokenReader) {
    this.#tokens = tokens;
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
    let next = this.#tokens.peek();
    if (!first) while (next.type === "document-end") next = this.#tokens.next();
    if (next.type === "stream-end") return undefined;
    const explicit = ["yaml-directive", "tag-directive", "document-start"].includes(next.type);
    const implicit = first && !explicit;
    next = this.#directives();
    const head = implicit ? this.#tokens.splitDocumentHead() : NO_LINES;
    let marker: Span | undefined;
    if (!implicit) {
      if (next.type !== "document-start") throw parseError("a document without --- before it", next.start);
      marker = { start: next.start.index, end: next.end };
      next = this.#tokens.next();
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
    if (!implicit && empty.includes(next.type)) return emptyNode(next.start, false, -1);
    return this.#node({ block: true, indentless: false, inFlow: false, indent: -1 });
  }

  #documentEnd(): { end: number; foot: readonly CommentLine[] } {
    const next = this.#tokens.peek();
    const end = next.type === "stream-end" ? this.#tokens.length : next.start.index;
    if (next.type === "document-end") this.#tokens.take();
    this.#handles.clear();
    const { head, foot } = this.#tokens.takeComments();
    return { end, foot: foot.length === 0 ? head : foot };
  }

  #directives(): Token {
    let version = false;
    for (let next = this.#tokens.peek(); ; next = this.#tokens.next()) {
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
    return this.#tokens.peek();
  }

  // --- nodes

  #node(at: At): YamlNode {
    let next = this.#tokens.peek();
    if (next.type === "alias") return this.#alias(next, at.inFlow, at.indent);
    const frame = bareFrame(next.start, at.inFlow, at.indent);
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
    return this.#register(scalarNode(frame, NO_COMMENTS, { start: end, end }));
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
      next = this.#tokens.next();
    }
    return next;
  }

  #fullTag(tag: Token): string {
    if (tag.value === "") return tag.suffix === "!" ? "" : tag.suffix;
    const prefix = this.#handles.get(tag.value);
    if (prefix === undefined) throw parseError("a tag with an unknown handle", tag.start);
    return prefix + tag.suffix;
  }

  #register<T extends YamlNode>(node: T): T {
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    return node;
  }

  #alias(next: Token, inFlow: boolean, indent: number): AliasNode {
    const target = this.#anchors.get(next.value);
    if (target === undefined)
      throw parseError(`an alias to an anchor that is not defined before it`, next.start);
    const frame = bareFrame(next.start, inFlow, indent);
    const comments = this.#tokens.takeComments();
    this.#tokens.take();
    return { kind: "alias", ...baseOf(frame, comments), end: next.end, name: next.value, target };
  }

  #scalar(next: Token, frame: Frame): ScalarNode {
    const content = { start: next.start.index, end: next.end };
    const made = scalarNode(frame, this.#tokens.takeComments(), content, next.scalar);
    this.#tokens.take();
    return this.#register(made);
  }

  // --- block collections

  #sequence(frame: Frame, kind: "block" | "indentless"): SequenceNode {
    const comments = kind === "block" ? this.#tokens.takeStem() : NO_COMMENTS;
    const base = baseOf(frame, comments);
    const column = this.#tokens.peek().start.column;
    const made = this.#register<SequenceNode>({ kind: "sequence", ...base, flow: false, column, items: [] });
    const indent = kind === "block" ? column : frame.indent;
    if (kind === "block") this.#tokens.take();
    const ends: readonly TokenType[] = kind === "block" ? ["block-end"] : ["key", "value", "block-end"];
    let next = this.#tokens.peek();
    while (next.type === "block-entry") {
      const dash = { ...next.start, index: next.end };
      this.#tokens.takeDash();
      const content = this.#tokens.peek();
      if (content.type === "block-entry" || ends.includes(content.type))
        made.items.push(emptyNode(dash, false, indent));
      else made.items.push(this.#node({ block: true, indentless: false, inFlow: false, indent }));
      next = this.#tokens.peek();
    }
    made.end = made.items.at(-1)?.end ?? made.end;
    made.line = made.foot = NO_LINES;
    if (kind === "indentless") return made;
    if (next.type !== "block-end")
      throw parseError("a list item or the end of the list is expected here", next.start);
    this.#tokens.take();
    return made;
  }

  #blockMapping(frame: Frame): MappingNode {
    const start = this.#tokens.peek().start;
    const at = { block: true, indentless: true, inFlow: false, indent: start.column };
    const made = this.#startMapping(frame, this.#tokens.takeStem(), false, start);
    this.#tokens.take();
    let next = this.#tokens.peek();
    while (next.type === "key" || next.type === "value") {
      // Only `:` without a key before it comes here as "value": go-yaml wants a key first.
      if (next.type !== "key") throw parseError("a value without its key", next.start);
      const key = this.#blockPart(at);
      this.#moveFootUp(made, key);
      this.#tokens.peek();
      const value =
        this.#tokens.peek().type === "value"
          ? this.#blockPart(at)
          : emptyNode(this.#tokens.peek().start, false, start.column);
      this.#addPair(made, key, value);
      next = this.#tokens.peek();
    }
    if (next.type !== "block-end")
      throw parseError("a key is expected here; is a line not indented as it should be?", next.start);
    this.#endMapping(made, this.#tokens.takeComments());
    this.#tokens.take();
    return made;
  }

  /** What stands after the `?` or `:` token that is next. */
  #blockPart(at: At): YamlNode {
    const mark = this.#tokens.peek();
    const { type } = this.#tokens.next();
    if (type !== "key" && type !== "value" && type !== "block-end") return this.#node(at);
    return emptyNode({ ...mark.start, index: mark.end }, false, at.indent);
  }

  #startMapping(frame: Frame, comments: Comments, flow: boolean, at: Mark): MappingNode {
    const base = baseOf(frame, comments);
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
    key.foot = NO_LINES;
  }

  #addPair(made: MappingNode, key: YamlNode, value: YamlNode): void {
    if (key.foot.length === 0 && value.foot.length > 0) {
      key.foot = value.foot;
      value.foot = NO_LINES;
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
        made.foot = NO_LINES;
      }
    }
  }

  // --- flow collections

  #flowSequence(frame: Frame): SequenceNode {
    const base = baseOf(frame, this.#tokens.takeComments());
    const made = this.#register<SequenceNode>({
      kind: "sequence",
      ...base,
      flow: true,
      column: 0,
      items: [],
    });
    let next = this.#tokens.next();
    while (next.type !== "flow-sequence-end") {
      if (next.type === "key") made.items.push(this.#singlePair(frame.indent));
      else
        made.items.push(this.#node({ block: false, indentless: false, inFlow: true, indent: frame.indent }));
      next = this.#tokens.peek();
      if (next.type === "flow-entry") next = this.#tokens.next();
      else if (next.type !== "flow-sequence-end")
        throw parseError("a comma or ] is expected here", next.start);
    }
    const { line, foot } = this.#tokens.takeComments();
    made.line = line;
    made.foot = foot;
    made.end = next.end;
    this.#tokens.take();
    return made;
  }

  /** `[a: b]`: a mapping of one entry. */
  #singlePair(indent: number): MappingNode {
    const mark = this.#tokens.peek().start;
    const frame = bareFrame(mark, true, indent);
    const made = this.#startMapping(frame, NO_COMMENTS, true, mark);
    let next = this.#tokens.next();
    let key: YamlNode;
    if (next.type === "value" || next.type === "flow-entry" || next.type === "flow-sequence-end") {
      key = emptyNode({ ...next.start, index: next.end }, true, indent);
      this.#tokens.take();
    } else key = this.#node({ block: false, indentless: false, inFlow: true, indent });
    next = this.#tokens.peek();
    let value: YamlNode | undefined;
    if (next.type === "value") {
      next = this.#tokens.next();
      if (next.type !== "flow-entry" && next.type !== "flow-sequence-end")
        value = this.#node({ block: false, indentless: false, inFlow: true, indent });
    }
    value ??= emptyNode(next.start, true, indent);
    this.#addPair(made, key, value);
    this.#tokens.peek();
    made.end = Math.max(key.end, value.end);
    made.line = made.foot = NO_LINES;
    return made;
  }

  #flowMapping(frame: Frame): MappingNode {
    const made = this.#startMapping(frame, this.#tokens.takeComments(), true, this.#tokens.peek().start);
    let next = this.#tokens.next();
    while (next.type !== "flow-mapping-end") {
      this.#flowPair(made, frame.indent);
      next = this.#tokens.peek();
      if (next.type === "flow-entry") {
        made.trailingComma = next.end;
        next = this.#tokens.next();
        if (next.type !== "flow-mapping-end") delete made.trailingComma;
      } else if (next.type !== "flow-mapping-end")
        throw parseError("a comma or } is expected here", next.start);
    }
    this.#endMapping(made, this.#tokens.takeComments());
    made.end = next.end;
    this.#tokens.take();
    return made;
  }

  #flowPair(made: MappingNode, indent: number): void {
    const at = { block: false, indentless: false, inFlow: true, indent };
    const explicit = this.#tokens.peek().type === "key";
    if (!explicit) {
      const key = this.#node(at);
      this.#addPair(made, key, emptyNode(this.#tokens.peek().start, true, indent));
      return;
    }
    const ends: readonly TokenType[] = ["flow-entry", "flow-mapping-end"];
    let next = this.#tokens.next();
    const key =
      next.type === "value" || ends.includes(next.type)
        ? emptyNode(next.start, true, indent)
        : this.#node(at);
    next = this.#tokens.peek();
    let value: YamlNode | undefined;
    if (next.type === "value") {
      next = this.#tokens.next();
      if (!ends.includes(next.type)) value = this.#node(at);
    }
    this.#addPair(made, key, value ?? emptyNode(next.start, true, indent));
  }
}
