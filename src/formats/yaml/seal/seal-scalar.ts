import type { SealedText } from "../../../core/model/format.ts";
import type { Scalar } from "../../../core/model/tree.ts";
import type { ScalarNode } from "../parse/node.ts";
import { LF } from "../parse/characters.ts";
import { tagRefusesText } from "../compose/resolve.ts";
import { defaultSpelling, styleCode, styledSpelling, type Setting } from "../hints/spelling.ts";
import type { Edit } from "../../edits.ts";
import { beforeBreak, lineEnd } from "../parse/lines.ts";

/** A scalar sealed in its text: what changes, and the hint that brings the spelling back (null: none is needed). */
export interface SealedScalar {
  readonly edits: readonly Edit[];
  readonly hint: string | null;
}

/**
 * Hints, by their first character:
 * - `p`, `s`, `d`: the value plain, single- or double-quoted
 * - `=`: the raw text of the scalar (of a block scalar: of its content lines)
 * - `|`: a block scalar that was sealed on one line: its header, NUL, and what comes after the header's line
 * - `&`: before one of the other two: it replaces the anchor too
 * - `*`: an alias
 */
export const SEPARATOR = "\0";

export function sealScalar(
  text: string,
  node: ScalarNode,
  value: Scalar,
  sealed: SealedText,
  eol: string,
): SealedScalar {
  const oneLine = tagRefusesText(node.tag) || isInlineStyle(sealed.style);
  if (node.block !== undefined)
    return oneLine ? blockToLine(text, node, sealed) : sealBlock(text, node, value, sealed, eol);
  const style = inlineStyle(node, sealed.style);
  const { start, prefix } = replacedFrom(text, node);
  const edits = [{ start, end: node.content.end, text: prefix + quote(sealed.text, style) }];
  const source = text.slice(start, node.content.end);
  if (start !== node.content.start) return { edits, hint: `${prefix === "" ? "" : "&"}=${source}` };
  return {
    edits,
    hint: inlineHint(source, style, value, { inFlow: node.inFlow, column: 0, lineEnd: eol, trailing: 0 }),
  };
}

const isInlineStyle = (style: string | undefined): boolean => style === "p" || style === "s" || style === "d";

/** In a flow a plain ENC text would end at its first comma. */
function inlineStyle(node: ScalarNode, wanted: string | undefined): string {
  const own =
    wanted !== undefined && isInlineStyle(wanted)
      ? wanted
      : node.style === "single"
        ? "s"
        : node.style === "double"
          ? "d"
          : "p";
  return own === "p" && node.inFlow ? "d" : own;
}

const quote = (text: string, style: string): string =>
  style === "p" ? text : style === "s" ? `'${text}'` : `"${text}"`;

/**
 * A tag that would refuse a string is replaced together with the value; an anchor between the two stays. So does the
 * anchor of `&a:b`, where the value `:b` follows without a blank.
 */
function replacedFrom(text: string, node: ScalarNode): { start: number; prefix: string } {
  const contentStart = node.block?.header.start ?? node.content.start;
  const refused = node.tagSpan !== undefined && tagRefusesText(node.tag);
  const anchor = node.anchorSpan;
  const start = refused ? node.tagSpan.start : contentStart;
  if (anchor === undefined || (anchor.start < start && anchor.end < contentStart))
    return { start, prefix: "" };
  return { start: Math.min(start, anchor.start), prefix: `${text.slice(anchor.start, anchor.end)} ` };
}

function inlineHint(source: string, style: string, value: Scalar, at: Setting): string | null {
  if (defaultSpelling(style, value, at) === source) return null;
  for (const code of ["p", "s", "d"]) if (styledSpelling(code, value) === source) return code;
  return `=${source}`;
}

/** The ENC text as the only line of content; the header stays, and blank lines after the content do. */
function sealBlock(
  text: string,
  node: ScalarNode,
  value: Scalar,
  sealed: SealedText,
  eol: string,
): SealedScalar {
  const block = node.block;
  if (block === undefined) return { edits: [], hint: null };
  const { start } = block.content;
  const end = block.content.end > start ? block.content.end : lineEnd(text, start);
  const source = text.slice(start, end);
  // Where the text ends here, the block that follows brings the line end.
  const trailing = trailingBreaks(node.value) + (end === text.length ? 1 : 0);
  const standard = defaultSpelling(styleCode(node, text), value, {
    inFlow: false,
    column: block.indent,
    lineEnd: eol,
    trailing,
  });
  const line = " ".repeat(block.indent) + sealed.text;
  return { edits: [{ start, end, text: line }], hint: standard === source ? null : `=${source}` };
}

export function trailingBreaks(value: string): number {
  let end = value.length;
  while (end > 0 && value.charCodeAt(end - 1) === LF) end--;
  return value.length - end;
}

/** A block scalar whose sealed form is a plain or quoted one-liner: its content lines go. */
function blockToLine(text: string, node: ScalarNode, sealed: SealedText): SealedScalar {
  const block = node.block;
  if (block === undefined) return { edits: [], hint: null };
  const { start, prefix } = replacedFrom(text, node);
  const style = isInlineStyle(sealed.style) ? (sealed.style ?? "p") : "p";
  const rest = { start: beforeBreak(text, block.content.start), end: block.content.end };
  const head = text.slice(start, block.header.end);
  return {
    edits: [
      { start, end: block.header.end, text: prefix + quote(sealed.text, style) },
      { ...rest, text: "" },
    ],
    hint: `${prefix === "" ? "" : "&"}|${head}${SEPARATOR}${text.slice(rest.start, rest.end)}`,
  };
}
