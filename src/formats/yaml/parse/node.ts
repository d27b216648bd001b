import type { Span } from "../../../core/model/tree.ts";
import type { BlockLayout, CommentLine, ScalarStyle } from "./token.ts";

/** Comments as go-yaml keeps them on a node. */
export interface Comments {
  head: readonly CommentLine[];
  line: readonly CommentLine[];
  foot: readonly CommentLine[];
}

interface Base extends Comments {
  /** Offset of the first property, or of the content. */
  readonly start: number;
  /** Offset after the last character. */
  end: number;
  /** 0-based line of the start. */
  readonly sourceLine: number;
  /** The full tag (`tag:yaml.org,2002:int`), empty for none and for `!`. */
  readonly tag: string;
  readonly tagSpan: Span | undefined;
  readonly anchor: string | undefined;
  readonly anchorSpan: Span | undefined;
  /** Inside `[...]` or `{...}`. */
  readonly inFlow: boolean;
  /** The indentation of the block around it, -1 at the top. */
  readonly indent: number;
}

export interface ScalarNode extends Base {
  readonly kind: "scalar";
  readonly style: ScalarStyle;
  readonly value: string;
  /** The text without properties; empty where nothing is written. */
  readonly content: Span;
  readonly block: BlockLayout | undefined;
}

export interface AliasNode extends Base {
  readonly kind: "alias";
  readonly name: string;
  /** What the name stood for when the alias was read. */
  readonly target: YamlNode;
}

export interface SequenceNode extends Base {
  readonly kind: "sequence";
  readonly flow: boolean;
  /** The column of its dashes in block style. */
  readonly column: number;
  readonly items: YamlNode[];
}

export interface Pair {
  readonly key: YamlNode;
  readonly value: YamlNode;
}

export interface MappingNode extends Base {
  readonly kind: "mapping";
  readonly flow: boolean;
  /** The column of its keys in block style. */
  readonly column: number;
  /** Offset after `{`, and of the comma after the last entry, where there is one. */
  readonly open: number;
  trailingComma?: number;
  readonly pairs: Pair[];
}

export type YamlNode = ScalarNode | AliasNode | SequenceNode | MappingNode;

export interface YamlDocument {
  readonly root: YamlNode;
  readonly head: readonly CommentLine[];
  foot: readonly CommentLine[];
  /** `---` where it is written. */
  readonly marker?: Span;
  /** Offset of the `...`, `---`, directive or end of text that ends it. */
  end: number;
}

export interface YamlStream {
  readonly text: string;
  readonly documents: readonly YamlDocument[];
  /** All comments of the text, in order. */
  readonly comments: readonly Span[];
}
