import type { Presentation, Site } from "../../../core/model/format.ts";
import type { Comment, Node, Scalar } from "../../../core/model/tree.ts";
import { equalScalars } from "../../../core/model/tree-equal.ts";
import { byName, lastBefore, Stretches } from "../compose/anchors.ts";
import { BLOCK_KEY, cutBlock, lastContent } from "../seal/block-place.ts";
import type { Anchored, Composed } from "../compose/compose.ts";
import { encodeYaml } from "../parse/encoding.ts";
import { AFTER_BLANK, AT_END, parseLayout, type Layout } from "../hints/layout.ts";
import type { ScalarNode, YamlNode } from "../parse/node.ts";
import { eachNumbered } from "../hints/numbering.ts";
import { doubleQuoted } from "../emit/scalar-text.ts";
import { SEPARATOR, trailingBreaks } from "../seal/seal-scalar.ts";
import { defaultSpelling, spells, styleCode, styledSpelling } from "../hints/spelling.ts";
import { applyEdits, type Edit } from "../../edits.ts";
import { beforeBreak, lineEnd, lineEndOf, lineStart } from "../parse/lines.ts";

export type OpenSites = ReadonlyMap<Site, Scalar | string>;

/** Opens a sealed text: values spliced back by their hints, blocks cut out, removed text put in again. */
export function openYaml(sealed: Composed, sites: OpenSites, presentation: Presentation): Uint8Array {
  const opening = new Opening(sealed, sites, presentation);
  return encodeYaml(opening.text(), opening.layout.encoding);
}

class Opening {
  readonly #sealed: Composed;
  readonly #text: string;
  readonly #sites: OpenSites;
  readonly layout: Layout;
  readonly #eol: string;
  readonly #hints: ReadonlyMap<number, string>;
  readonly #edits: Edit[] = [];
  /** Scalars that the blank line before a block follows: to a `|+` it is one line break more. */
  readonly #beforeBlank = new Set<YamlNode>();
  #anchorsByName: ReadonlyMap<string, readonly Anchored[]> | undefined;

  constructor(sealed: Composed, sites: OpenSites, presentation: Presentation) {
    this.#sealed = sealed;
    this.#text = sealed.stream.text;
    this.#sites = sites;
    this.layout = parseLayout(presentation.file);
    this.#eol = lineEndOf(this.#text);
    this.#hints = new Map(presentation.leaves.map((h) => [h.at, h.spelling]));
    for (const [i, { mode }] of this.layout.placements) if (mode === AFTER_BLANK) this.#noteLast(i);
  }

  text(): string {
    const spellings = this.#numbered();
    const covered = this.#restoreAliases(spellings);
    for (const [site, value] of this.#sites) this.#open(site, value, spellings, covered);
    this.#cutBlocks(covered);
    return this.#restoreCuts(applyEdits(this.#text, this.#edits));
  }

  #noteLast(document: number): void {
    const root = this.#sealed.stream.documents[document]?.root;
    if (root?.kind !== "mapping") return;
    const at = root.pairs.findIndex(({ key }) => key.kind === "scalar" && key.value === BLOCK_KEY);
    const [before, block] = [root.pairs[at - 1], root.pairs[at]];
    if (before === undefined || block === undefined) return;
    const last = lastContent(before.value);
    if (last.end === lineStart(this.#text, block.key.start)) this.#beforeBlank.add(last);
  }

  #numbered(): Map<Node, string> {
    const spellings = new Map<Node, string>();
    if (this.#hints.size === 0) return spellings;
    eachNumbered(this.#sealed.tree, (node, number) => {
      const spelling = node.type === "comment" ? undefined : this.#hints.get(number);
      if (spelling !== undefined && node.type !== "comment") spellings.set(node, spelling);
    });
    return spellings;
  }

  // --- aliases

  /** Writes `*name` where the copy still equals what the name stands for. Answers the stretches that this covers. */
  #restoreAliases(spellings: ReadonlyMap<Node, string>): Stretches {
    const covered: Edit[] = [];
    for (const [node, spelling] of spellings) {
      const written = this.#sealed.written.get(node);
      if (!spelling.startsWith("*") || written === undefined) continue;
      const target = this.#anchorBefore(spelling.slice(1), written.start);
      if (target === undefined || !this.#equal(target, node)) continue;
      covered.push({ start: written.start, end: written.end, text: spelling });
    }
    for (const edit of covered) this.#edits.push(edit);
    return new Stretches(covered);
  }

  #anchorBefore(name: string, at: number): Node | undefined {
    this.#anchorsByName ??= byName(this.#sealed.anchors);
    return lastBefore(this.#anchorsByName.get(name) ?? [], at)?.node;
  }

  #valueOf(node: Extract<Node, { type: "leaf" }>): Scalar {
    const opened = this.#sites.get(node);
    return opened === undefined || typeof opened === "string" ? node.value : opened;
  }

  /** Same data; comments do not count, since a copy has none. */
  #equal(a: Node | Comment, b: Node | Comment): boolean {
    if (a.type === "leaf" && b.type === "leaf") return equalScalars(this.#valueOf(a), this.#valueOf(b));
    if (a.type === "list" && b.type === "list")
      return this.#equalAll(withoutComments(a.items), withoutComments(b.items));
    if (a.type !== "map" || b.type !== "map") return a.type === "null" && b.type === "null";
    const [x, y] = [withoutComments(a.entries), withoutComments(b.entries)];
    return (
      x.every((e, i) => e.key === y[i]?.key) &&
      this.#equalAll(
        x.map((e) => e.value),
        y.map((e) => e.value),
      )
    );
  }

  #equalAll(a: readonly (Node | Comment)[], b: readonly (Node | Comment)[]): boolean {
    return a.length === b.length && a.every((x, i) => i < b.length && this.#equal(x, b[i] as Node));
  }

  // --- scalars and comments

  #open(site: Site, value: Scalar | string, spellings: ReadonlyMap<Node, string>, covered: Stretches): void {
    if (site.type === "comment") {
      if (site.span !== undefined && typeof value === "string")
        this.#edits.push({ ...site.span, text: value });
      return;
    }
    const node = this.#sealed.written.get(site);
    if (node?.kind !== "scalar" || typeof value === "string" || covered.hold(node)) return;
    const hint = spellings.get(site);
    const hinted = hint === undefined ? null : this.#byHint(node, hint, value);
    this.#edits.push(...(hinted ?? this.#byDefault(node, value)));
  }

  #byHint(node: ScalarNode, hint: string, value: Scalar): Edit[] | null {
    const fromAnchor = hint.startsWith("&");
    const body = fromAnchor ? hint.slice(1) : hint;
    const start = fromAnchor ? node.start : node.content.start;
    const { end } = node.content;
    if (body.startsWith("|")) {
      const [head = "", tail = ""] = body.slice(1).split(SEPARATOR);
      if (!spells(head + tail + "\n", value, node)) return null;
      const after = lineEnd(this.#text, end);
      return [
        { start, end, text: head },
        { start: after, end: after, text: tail },
      ];
    }
    if (node.block !== undefined) return this.#blockByHint(node, body.slice(1), value);
    const raw = body.startsWith("=") ? body.slice(1) : styledSpelling(body, value);
    if (raw === null || !spells(raw, value, node)) return null;
    return [{ start, end, text: raw }];
  }

  #blockByHint(node: ScalarNode, lines: string, value: Scalar): Edit[] | null {
    const block = node.block;
    if (block === undefined) return null;
    const header = styleCode(node, this.#text);
    if (!spells(`${header}\n${lines}\n`, value, node)) return null;
    return [{ ...block.content, text: lines }];
  }

  #byDefault(node: ScalarNode, value: Scalar): Edit[] {
    const style = styleCode(node, this.#text);
    const { block, content, inFlow } = node;
    const setting = { inFlow, column: 0, lineEnd: this.#eol, trailing: 0 };
    if (block === undefined) {
      const line = defaultSpelling(style, value, setting) ?? "";
      return [{ start: content.start, end: content.end, text: line }];
    }
    const trailing = trailingBreaks(node.value) - (this.#beforeBlank.has(node) ? 1 : 0);
    const text = defaultSpelling(style, value, { ...setting, column: block.indent, trailing });
    if (text !== null) return [{ ...block.content, text }];
    // Another value than the header fits: one line in its place.
    const line =
      value.kind === "str" ? doubleQuoted(value.value, false) : (defaultSpelling("p", value, setting) ?? "");
    return [
      { ...block.header, text: line },
      { start: beforeBreak(this.#text, block.content.start), end: block.content.end, text: "" },
    ];
  }

  // --- the file

  #cutBlocks(covered: Stretches): void {
    this.#sealed.stream.documents.forEach(({ root }, i) => {
      if (root.kind !== "mapping" || covered.hold(root)) return;
      const pair = root.pairs.find(({ key }) => key.kind === "scalar" && key.value === BLOCK_KEY);
      if (pair === undefined) return;
      const placement = this.layout.placements.get(i) ?? AT_END;
      this.#edits.push(cutBlock(this.#text, root, pair.key.start, pair.value.end, placement));
    });
  }

  #restoreCuts(text: string): string {
    const { cuts, length, noFinalBreak } = this.layout;
    const trimmed = noFinalBreak ? text.slice(0, beforeBreak(text, text.length)) : text;
    if (cuts.length === 0 || trimmed.length !== length) return trimmed;
    const parts: string[] = [];
    let [from, added] = [0, 0];
    for (const [at, cut, instead] of cuts) {
      parts.push(trimmed.slice(from, at - added), cut);
      from = at - added + instead;
      added += cut.length - instead;
    }
    parts.push(trimmed.slice(from));
    return parts.join("");
  }
}

function withoutComments<T extends { readonly type: string }>(items: readonly (T | Comment)[]): T[] {
  return items.filter((item): item is T => item.type !== "comment");
}
