import type { Mark } from "./cursor.ts";
import type { Span } from "../../../core/model/tree.ts";

export type TokenType =
  | "stream-start"
  | "stream-end"
  | "yaml-directive"
  | "tag-directive"
  | "document-start"
  | "document-end"
  | "block-sequence-start"
  | "block-mapping-start"
  | "block-end"
  | "flow-sequence-start"
  | "flow-sequence-end"
  | "flow-mapping-start"
  | "flow-mapping-end"
  | "block-entry"
  | "flow-entry"
  | "key"
  | "value"
  | "alias"
  | "anchor"
  | "tag"
  | "scalar";

export type ScalarStyle = "plain" | "single" | "double" | "literal" | "folded";

/** Where the parts of a block scalar stand. */
export interface BlockLayout {
  /** `|` or `>` with its indicators. */
  readonly header: Span;
  /** The content lines without the last line break and the blank lines that follow; empty where there are none. */
  readonly content: Span;
  /** The column of the content. */
  readonly indent: number;
}

export interface ScannedScalar {
  readonly style: ScalarStyle;
  readonly value: string;
  readonly end: number;
  readonly block?: BlockLayout;
}

/** Where a scalar stands: the indentation of the block around it (-1 at the top), and whether it is in a flow. */
export interface Around {
  readonly indent: number;
  readonly flow: boolean;
}

export interface Token {
  readonly type: TokenType;
  readonly start: Mark;
  /** Offset after the last character. */
  readonly end: number;
  /** Anchor or alias name, tag handle, directive handle, scalar text. */
  readonly value: string;
  /** Tag suffix, directive prefix or version. */
  readonly suffix: string;
  readonly scalar: ScannedScalar | undefined;
}

export function token(
  type: TokenType,
  start: Mark,
  end: number,
  value = "",
  suffix = "",
  scalar?: ScannedScalar,
): Token {
  return { type, start, end, value, suffix, scalar };
}

/** A line of a comment without its `#`; null is a blank line inside a run of comment lines. */
export type CommentLine = Span | null;

/** A run of comment lines and the token that it waits for. All numbers are offsets. */
export interface CommentRun {
  readonly role: "head" | "line" | "foot";
  readonly lines: readonly CommentLine[];
  /** It is handed to the first token that starts here or later. */
  readonly token: number;
  readonly start: Mark;
  readonly scan: number;
  readonly end: number;
}
