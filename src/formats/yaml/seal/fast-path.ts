import type { Span } from "../../../core/model/tree.ts";
import { lastContent } from "./block-place.ts";
import { isBreak } from "../parse/characters.ts";
import type { Composed } from "../compose/compose.ts";
import type { ScalarNode } from "../parse/node.ts";
import type { Edit } from "../../edits.ts";
import { lineStart } from "../parse/lines.ts";

/*
 * When a sealed text reads as the plain one does, without reading it again, which takes as long as reading the file.
 * go-yaml decides by lines, columns and line breaks what a token is and whose a comment is. Where every edit gives one
 * scalar or one comment another text on its line, none of these change; and a block below the last value of a document
 * that no comment follows meets no comment. A test holds this against the real reading.
 */

/** Is only the scalar's own text replaced, and on one line? In a flow, commas and brackets would play a part. */
export function staysInLine(text: string, node: ScalarNode, edits: readonly Edit[]): boolean {
  const [edit] = edits;
  if (edit === undefined || edits.length > 1 || node.inFlow) return false;
  const { start, end } = node.content;
  return edit.start === start && edit.end === end && isOnOneLine(text, node);
}

/** Does a block at the end of the text follow a value, with no comment near, in the simplest kind of document? */
export function placedSurely({ stream, kept, expansions, aliasKeys }: Composed): boolean {
  const { text, documents, comments } = stream;
  const [document] = documents;
  if (document === undefined || documents.length > 1 || expansions.length + aliasKeys.length > 0)
    return false;
  const { root, end } = document;
  if (root.kind !== "mapping" || root.flow || root.column !== 0) return false;
  if (end !== text.length || lineStart(text, end) !== end) return false;
  const last = lastContent(root);
  if (last.kind !== "scalar" || last.content.start === last.content.end || !isOnOneLine(text, last))
    return false;
  return comments.every((c) => c.end < last.start && kept.has(c.start) && hasItsLine(text, c));
}

function isOnOneLine(text: string, { content, block }: ScalarNode): boolean {
  if (block !== undefined) return false;
  for (let i = content.start; i < content.end; i++) if (isBreak(text.charCodeAt(i))) return false;
  return true;
}

function hasItsLine(text: string, comment: Span): boolean {
  const hash = comment.start - 1;
  return text.slice(lineStart(text, hash), hash).trim() === "";
}
