import { SopsError } from "../../../core/base/errors.ts";
import type { Scalar } from "../../../core/model/tree.ts";
import { equalScalars } from "../../../core/model/tree-equal.ts";
import { flowScalar } from "../emit/flow-text.ts";
import type { ScalarNode } from "../parse/node.ts";
import { resolveScalar } from "../compose/resolve.ts";
import { doubleQuoted, stringText, typedText } from "../emit/scalar-text.ts";
import { Scanner } from "../parse/scanner.ts";

/**
 * How a sealed scalar stands in its file: `p` plain, `s` single- and `d` double-quoted, or a block scalar's header
 * (`|-`, `>2`). This is what `styleOf` answers and `SealedText.style` takes back.
 */
export function styleCode(node: ScalarNode, text: string): string {
  if (node.block !== undefined) return text.slice(node.block.header.start, node.block.header.end);
  return node.style === "single" ? "s" : node.style === "double" ? "d" : "p";
}

/** Where a scalar stands, as far as its spelling depends on it. */
export interface Setting {
  readonly inFlow: boolean;
  /** The column of a block scalar's content. */
  readonly column: number;
  readonly lineEnd: string;
  /** Line ends after the content of a block scalar, which stay in the file. */
  readonly trailing: number;
}

/**
 * What opening writes for a value where a sealed scalar of this style stands, without a hint; for a block scalar its
 * content lines. Null: this style cannot spell it. Sealing compares it with the source and hints only where they differ.
 */
export function defaultSpelling(style: string, value: Scalar, at: Setting): string | null {
  if (style.startsWith("|")) return literalLines(style, value, at);
  if (style.startsWith(">")) return null;
  if (value.kind !== "str") return value.kind === "bytes" ? flowScalar(value) : typedText(value);
  if (style === "s") return singleQuoted(value.value) ?? doubleQuoted(value.value, false);
  if (style === "d" || at.inFlow) return doubleQuoted(value.value, false);
  const made = stringText(value.value);
  if (made.style === "plain" && made.tag === "") return made.text;
  return made.style === "single"
    ? (singleQuoted(value.value) ?? doubleQuoted(value.value, true))
    : doubleQuoted(value.value, true);
}

/** A one-letter hint: the value spelled in this style. Null: not possible. */
export function styledSpelling(code: string, value: Scalar): string | null {
  if (code === "p") return typedText(value);
  if (value.kind !== "str") return null;
  return code === "s" ? singleQuoted(value.value) : code === "d" ? doubleQuoted(value.value, false) : null;
}

/** Null where the text would not come back from one line of single quotes. */
function singleQuoted(text: string): string | null {
  if (/[\0-\x08\n-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/.test(text)) return null;
  return `'${text.replaceAll("'", "''")}'`;
}

function literalLines(header: string, value: Scalar, at: Setting): string | null {
  if (value.kind !== "str") return null;
  if (/[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/.test(value.value)) return null;
  const body = value.value.replace(/\n+$/, "");
  const breaks = value.value.length - body.length;
  const kept = header.includes("-") ? 0 : header.includes("+") ? at.trailing : 1;
  if (body === "" || breaks !== kept) return null;
  const lines = body.split("\n");
  const first = lines.find((line) => line !== "") ?? "";
  if (!/\d/.test(header) && /^[ \t]/.test(first)) return null;
  const indent = " ".repeat(at.column);
  return lines.map((line) => (line === "" ? "" : indent + line)).join(at.lineEnd);
}

/**
 * Reads a raw spelling where it is to stand and tells whether it is this value. A block scalar's final line ends are not
 * compared: they are outside of its spelling.
 */
export function spells(
  raw: string,
  value: Scalar,
  at: Pick<ScalarNode, "indent" | "inFlow" | "tag">,
): boolean {
  const read = readSpelling(raw, at);
  if (read === null) return false;
  if (value.kind === "str" && read.value.kind === "str" && read.block)
    return read.value.value.replace(/\n+$/, "") === value.value.replace(/\n+$/, "");
  return equalScalars(read.value, value);
}

function readSpelling(
  raw: string,
  { indent, inFlow, tag: outerTag }: Pick<ScalarNode, "indent" | "inFlow" | "tag">,
): { value: Scalar; block: boolean } | null {
  try {
    // In a flow something follows: a lone `-` would be another token at the end of the text.
    const scanner = new Scanner(inFlow ? `${raw}]` : raw, 0, { indent, flow: inFlow });
    scanner.take();
    let tag = outerTag;
    for (;;) {
      const next = scanner.peek();
      scanner.take();
      if (next.type === "tag")
        tag = next.value === "!!" ? `tag:yaml.org,2002:${next.suffix}` : next.value + next.suffix;
      if (next.scalar === undefined) {
        if (next.type === "tag" || next.type === "anchor") continue;
        return null;
      }
      const rest = scanner.peek().type;
      if (rest !== (inFlow ? "flow-sequence-end" : "stream-end") && rest !== "block-end") return null;
      const block = next.scalar.block !== undefined;
      const resolved = resolveScalar(asNode(tag === "!" ? "" : tag, next.scalar.style, next.scalar.value));
      return resolved.kind === "value" ? { value: resolved.value, block } : null;
    }
  } catch (error) {
    if (error instanceof SopsError) return null;
    throw error;
  }
}

function asNode(tag: string, style: ScalarNode["style"], value: string): ScalarNode {
  const span = { start: 0, end: 0 };
  const properties = { tag, tagSpan: undefined, anchor: undefined, anchorSpan: undefined };
  const comments = { head: [], line: [], foot: [] };
  const where = { start: 0, end: 0, sourceLine: 0, inFlow: false, indent: -1 };
  return {
    kind: "scalar",
    style,
    value,
    content: span,
    block: undefined,
    ...properties,
    ...where,
    ...comments,
  };
}
