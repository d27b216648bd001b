import { SopsError } from "../../../core/base/errors.ts";
import type {
  Comment,
  Entry,
  Leaf,
  ListNode,
  MapItem,
  MapNode,
  Node,
  Null,
  Span,
  Tree,
} from "../../../core/model/tree.ts";
import { DuplicateCheck } from "./duplicates.ts";
import { ExpansionGuard } from "./expansion-guard.ts";
import { badKey, keyName, keyValue } from "./map-key.ts";
import type {
  AliasNode,
  MappingNode,
  ScalarNode,
  SequenceNode,
  YamlDocument,
  YamlNode,
  YamlStream,
} from "../parse/node.ts";
import { placeOf } from "../parse/line-column.ts";
import { resolveScalar, shortTag } from "./resolve.ts";
import type { CommentLine } from "../parse/token.ts";

/** An alias and the copy that stands for it in the tree. */
interface Expansion {
  readonly alias: AliasNode;
  /** What the alias leads to, through aliases of aliases. */
  readonly target: YamlNode;
  readonly copy: Node;
}

export interface Anchored {
  readonly name: string;
  readonly at: number;
  readonly node: Node;
}

/** A YAML text as SOPS' tree, and where each of its nodes is written. */
export interface Composed {
  readonly stream: YamlStream;
  readonly tree: Tree;
  /** How each node is written; nodes of expanded aliases are not in it. */
  readonly written: Map<Node, YamlNode>;
  readonly expansions: readonly Expansion[];
  /** Anchors in the order of the text: their offset, and the node that they name. */
  readonly anchors: readonly Anchored[];
  /** Start offsets of the comments that are in the tree. */
  readonly kept: ReadonlySet<number>;
  /** Keys that are written as aliases, and their texts. */
  readonly aliasKeys: readonly { readonly alias: AliasNode; readonly text: string }[];
  /**
   * Why the text is refused all the same: its first key that is no string, which stands in the tree as an empty text. To SOPS the
   * file can be read, so that whatever else is wrong with it comes before this.
   */
  readonly badKey: SopsError | null;
}

/**
 * Nodes to SOPS' tree (format.md 1 and 6.2): comments flattened to items, aliases expanded to copies, `<<` kept as
 * a key. Throws TOP_LEVEL_NOT_MAP, DUPLICATE_KEY, UNSUPPORTED, PARSE.
 */
export function compose(stream: YamlStream): Composed {
  return new Composer(stream).compose();
}

class Composer {
  readonly #stream: YamlStream;
  readonly #written = new Map<Node, YamlNode>();
  readonly #expansions: Expansion[] = [];
  readonly #anchors: Anchored[] = [];
  readonly #kept = new Set<number>();
  readonly #aliasKeys: { alias: AliasNode; text: string }[] = [];
  readonly #guard = new ExpansionGuard();
  /** Targets of the aliases that are being expanded; not empty: we are inside a copy. */
  readonly #open = new Set<YamlNode>();
  #first = true;
  #badKey: SopsError | null = null;

  constructor(stream: YamlStream) {
    this.#stream = stream;
  }

  compose(): Composed {
    const documents: MapNode[] = [];
    for (const document of this.#stream.documents) {
      documents.push(this.#document(document));
      this.#first = false;
    }
    return {
      stream: this.#stream,
      tree: { documents },
      written: this.#written,
      expansions: this.#expansions,
      anchors: this.#anchors,
      kept: this.#kept,
      aliasKeys: this.#aliasKeys,
      badKey: this.#badKey,
    };
  }

  #document(document: YamlDocument): MapNode {
    const { root } = document;
    const items: MapItem[] = [];
    this.#comments(items, document.head);
    const span = { start: root.start, end: root.end };
    const target = targetOf(root);
    if (root.kind !== "alias" && root.anchor !== undefined && target.kind === "scalar")
      this.#anchors.push({ name: root.anchor, at: root.start, node: { type: "null" } });
    if (target.kind === "scalar" && resolveScalar(target).kind === "null") {
      for (const lines of [root.head, root.line, document.foot]) this.#comments(items, lines);
      return { type: "map", entries: items, span };
    }
    if (target.kind !== "mapping") throw this.#notMap(root);
    const node = root.kind === "alias" ? this.#alias(root, target) : this.#mapping(target, false);
    if (node.type !== "map") throw this.#notMap(root);
    if (root.kind === "alias") {
      items.push(...node.entries);
      this.#comments(items, document.foot);
      const whole: MapNode = { type: "map", entries: items, span };
      this.#expansions.pop();
      this.#expansions.push({ alias: root, target, copy: whole });
      return whole;
    }
    // Not a literal: the anchored node must be this very object.
    const entries = node.entries as MapItem[];
    entries.unshift(...items);
    this.#comments(entries, document.foot);
    return node;
  }

  #notMap(root: YamlNode): SopsError {
    const what = root.kind === "sequence" ? "a list" : "a single value";
    return new SopsError("TOP_LEVEL_NOT_MAP", `the top level of the document is ${what}, not a map`, {
      hint: "put it below a key, or encrypt the file as it is with --input-type binary",
      place: placeOf(this.#stream.text, root.start),
    });
  }

  // --- comments

  /** The comments of `lines`, added to `items`. Most nodes have none. */
  #comments(items: { push(comment: Comment): unknown }, lines: readonly CommentLine[], inline = false): void {
    if (lines.length === 0 || this.#open.size > 0) return;
    for (const span of lines) {
      if (span === null) continue;
      this.#kept.add(span.start);
      items.push({ type: "comment", text: this.#stream.text.slice(span.start, span.end), inline, span });
    }
  }

  /** Comments before a node and on its line, where both stand before its content. */
  #opening(items: { push(comment: Comment): unknown }, { head, line }: YamlNode): void {
    this.#comments(items, head);
    this.#comments(items, line);
  }

  // --- nodes

  #node(node: YamlNode, commentsHandled: boolean): Node {
    this.#guard.count(node, this.#open.size > 0, this.#stream.text);
    if (node.kind === "scalar") return this.#scalar(node);
    this.#guard.enter(node, this.#stream.text);
    const made =
      node.kind === "sequence"
        ? this.#sequence(node, commentsHandled)
        : node.kind === "mapping"
          ? this.#mapping(node, commentsHandled)
          : this.#alias(node, targetOf(node));
    this.#guard.leave();
    return made;
  }

  #remember<T extends Node>(node: YamlNode, made: T): T {
    if (this.#open.size > 0) return made;
    this.#written.set(made, node);
    if (node.anchor !== undefined) this.#anchors.push({ name: node.anchor, at: node.start, node: made });
    return made;
  }

  #scalar(node: ScalarNode): Leaf | Null {
    const resolved = resolveScalar(node);
    const span: Span = { start: node.content.start, end: node.content.end };
    if (resolved.kind === "uint64")
      throw new SopsError("UNSUPPORTED", "an integer above 9223372036854775807, which SOPS cannot hold", {
        hint: "put it in quotes to keep it as text",
        place: placeOf(this.#stream.text, node.start),
      });
    if (resolved.kind === "mismatch" && this.#first)
      throw new SopsError(
        "PARSE",
        `the YAML is not valid: a value that does not fit its tag ${shortTag(node.tag)}`,
        {
          hint: "correct the value or remove the tag",
          place: placeOf(this.#stream.text, node.start),
        },
      );
    // In later documents go-yaml answers nil for a value that does not fit its tag.
    const made: Leaf | Null =
      resolved.kind === "value" ? { type: "leaf", value: resolved.value, span } : { type: "null", span };
    return this.#remember(node, made);
  }

  #sequence(node: SequenceNode, commentsHandled: boolean): ListNode {
    const items: (Node | Comment)[] = [];
    const made = this.#remember<ListNode>(node, {
      type: "list",
      items,
      span: { start: node.start, end: node.end },
    });
    if (!commentsHandled) this.#opening(items, node);
    for (const item of node.items) {
      this.#comments(items, item.head);
      this.#comments(items, item.line, true);
      items.push(this.#node(item, true));
      this.#comments(items, item.foot);
    }
    if (!commentsHandled) this.#comments(items, node.foot);
    return made;
  }

  #mapping(node: MappingNode, commentsHandled: boolean): MapNode {
    const entries: MapItem[] = [];
    const made = this.#remember<MapNode>(node, {
      type: "map",
      entries,
      span: { start: node.start, end: node.end },
    });
    const duplicates =
      this.#first && this.#open.size === 0 ? new DuplicateCheck(this.#stream.text) : undefined;
    if (!commentsHandled) this.#opening(entries, node);
    for (const { key, value } of node.pairs) {
      duplicates?.add(key);
      if (this.#first) this.#checkMerge(key, value);
      const simple = value.kind === "scalar" || (value.kind === "alias" && targetOf(value).kind === "scalar");
      this.#opening(entries, key);
      if (simple) {
        this.#comments(entries, value.head);
        this.#comments(entries, value.line, true);
      }
      const item: Entry = {
        type: "entry",
        key: this.#key(key),
        value: this.#node(value, simple),
        keySpan: { start: key.start, end: key.end },
      };
      if (this.#open.size === 0 && key.kind === "alias") this.#aliasKeys.push({ alias: key, text: item.key });
      entries.push(item);
      if (simple) this.#comments(entries, value.foot);
      this.#comments(entries, key.foot);
    }
    if (!commentsHandled) this.#comments(entries, node.foot);
    return made;
  }

  /** The key text. SOPS takes strings only (format.md 1, rule 5). */
  #key(node: YamlNode): string {
    this.#guard.count(node, this.#open.size > 0, this.#stream.text);
    const target = targetOf(node);
    const value = keyValue(target);
    if (value === null) return this.#noString(badKey(target, this.#stream.text, node.start, this.#first));
    if (node.anchor !== undefined && this.#open.size === 0)
      this.#anchors.push({ name: node.anchor, at: node.start, node: { type: "leaf", value } });
    return keyName(value);
  }

  #noString(error: SopsError): string {
    if (error.code !== "NON_STRING_KEY") throw error;
    this.#badKey ??= error;
    return "";
  }

  /** go-yaml refuses a merge of anything but maps, before SOPS sees it. */
  #checkMerge(key: YamlNode, value: YamlNode): void {
    if (key.kind !== "scalar" || key.value !== "<<") return;
    const tag = shortTag(key.tag);
    if (tag !== "!!merge" && (tag !== "" || key.style !== "plain")) return;
    const list = value.kind === "sequence" ? value.items : [value];
    const maps = list.every(
      (v) => v.kind === "mapping" || (v.kind === "alias" && v.target.kind === "mapping"),
    );
    if (!maps)
      throw new SopsError("PARSE", "the YAML is not valid: << takes a map, or a list of maps", {
        hint: 'put the key in quotes ("<<") to use it as a name',
        place: placeOf(this.#stream.text, value.start),
      });
  }

  /**
   * A copy of what the alias stands for. Comments inside are left out: they are sealed at the anchor. Comments on the
   * alias itself stand where they will once the copy is written out as a flow collection.
   */
  #alias(node: AliasNode, target: YamlNode): Node {
    if (this.#open.has(target))
      throw new SopsError("PARSE", "the YAML is not valid: an anchor that contains itself", {
        hint: "write the value out in place of the alias",
        place: placeOf(this.#stream.text, node.start),
      });
    const outermost = this.#open.size === 0;
    this.#open.add(target);
    const copy = this.#node(target, true);
    this.#open.delete(target);
    if (!outermost) return copy;
    const made = this.#withAliasComments(node, copy);
    this.#expansions.push({ alias: node, target, copy: made });
    return made;
  }

  #withAliasComments(node: AliasNode, copy: Node): Node {
    if (copy.type === "leaf" || copy.type === "null" || this.#inList(node)) return copy;
    const before: Comment[] = [];
    const after: Comment[] = [];
    this.#opening(before, node);
    this.#comments(after, node.foot);
    if (copy.type === "map") return { ...copy, entries: [...before, ...copy.entries, ...after] };
    return { ...copy, items: [...before, ...copy.items, ...after] };
  }

  /** Comments of a list element stand before it, whatever it is: `#sequence` has taken them. */
  #inList(node: AliasNode): boolean {
    return [...node.head, ...node.line].every((line) => line === null || this.#kept.has(line.start));
  }
}

/** The node that an alias leads to. Aliases always point back, so this ends. */
export function targetOf(node: YamlNode): YamlNode {
  let target = node;
  while (target.kind === "alias") target = target.target;
  return target;
}
