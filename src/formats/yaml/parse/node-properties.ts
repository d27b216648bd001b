import type { Span } from "../../../core/model/tree.ts";
import type { Mark } from "./cursor.ts";
import type { AliasNode, Comments, ScalarNode } from "./node.ts";
import type { ScannedScalar } from "./token.ts";
import { NO_COMMENTS } from "./token-reader.ts";

/** The properties before a node's content, and where it stands. */
export interface Frame {
  readonly start: Mark;
  tag: string;
  tagSpan: Span | undefined;
  anchor: string | undefined;
  anchorSpan: Span | undefined;
  readonly inFlow: boolean;
  readonly indent: number;
}

/** A node without properties. */
export const bareFrame = (start: Mark, inFlow: boolean, indent: number): Frame => ({
  start,
  tag: "",
  tagSpan: undefined,
  anchor: undefined,
  anchorSpan: undefined,
  inFlow,
  indent,
});

/** What all kinds of nodes have. It ends where it starts, until its content is known. */
export function baseOf(
  { start, tag, tagSpan, anchor, anchorSpan, inFlow, indent }: Frame,
  { head, line, foot }: Readonly<Comments>,
): Omit<AliasNode, "kind" | "name" | "target"> {
  const { index, line: sourceLine } = start;
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

const EMPTY: ScannedScalar = { style: "plain", value: "", end: 0 };

/** Two of three nodes are scalars: written out, for a spread of `baseOf` takes three times as long. */
export function scalarNode(
  frame: Frame,
  comments: Readonly<Comments>,
  content: Span,
  scanned = EMPTY,
): ScalarNode {
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

/** A value that is not written. */
export function emptyNode(mark: Mark, inFlow: boolean, indent: number): ScalarNode {
  return scalarNode(bareFrame(mark, inFlow, indent), NO_COMMENTS, { start: mark.index, end: mark.index });
}
