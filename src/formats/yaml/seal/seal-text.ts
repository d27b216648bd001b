import { utf8 } from "../../../core/base/bytes.ts";
import { SopsError } from "../../../core/base/errors.ts";
import type { Hint, SealedDraft, SealedText, Site } from "../../../core/model/format.ts";
import type { Comment, Node, Span } from "../../../core/model/tree.ts";
import { endOfLines, wholeComment, type BlockPlace } from "./block-place.ts";
import type { Composed } from "../compose/compose.ts";
import { targetOf } from "../compose/compose.ts";
import type { Encoding } from "../parse/encoding.ts";
import { findPlaces, firstPlaces, isLostIn, isWithin, removal, renderSealed } from "./find-place.ts";
import { flowKey, flowText } from "../emit/flow-text.ts";
import { printLayout, type Cut, type Layout } from "../hints/layout.ts";
import type { YamlDocument } from "../parse/node.ts";
import { eachNumbered } from "../hints/numbering.ts";
import { placeOf } from "../parse/line-column.ts";
import { resolveScalar } from "../compose/resolve.ts";
import { sealScalar } from "./seal-scalar.ts";
import type { Edit } from "../../edits.ts";
import { lineEndOf, lineStart } from "../parse/lines.ts";
import { hasBetween, insertSorted } from "./sorted-numbers.ts";
import { placedSurely, staysInLine } from "./fast-path.ts";

type Sites = ReadonlyMap<Site, SealedText>;

/**
 * Seals a composed text (hints.md 7): ENC texts spliced in, aliases written out, a place for the block found.
 * Of comments in odd columns, or whose lines end in CR LF, go-yaml may drop the first; once that one is gone, it drops the
 * next. Then an empty comment is left in its place. Throws UNSUPPORTED.
 */
export function sealYaml(source: Composed, sites: Sites, encoding: Encoding): SealedDraft {
  const dropped = source.stream.comments.filter((c) => !source.kept.has(c.start));
  const sealing = (emptied: boolean): Sealing => new Sealing({ source, sites, encoding, dropped, emptied });
  const draft = sealing(false).draft() ?? (dropped.length > 0 ? sealing(true).draft() : null);
  if (draft !== null) return draft;
  throw new SopsError("UNSUPPORTED", "the metadata block cannot be added without moving a value", {
    hint: "end the file with a line break and move the comments at the end of the document above a key",
    place: placeOf(source.stream.text, source.stream.documents[0]?.root.end ?? 0),
  });
}

interface SealingInput {
  readonly source: Composed;
  readonly sites: Sites;
  readonly encoding: Encoding;
  /** The comments that SOPS drops; left in the file they would be there in clear text. */
  readonly dropped: readonly Span[];
  /** Empty comments stay in their place. */
  readonly emptied: boolean;
}

class Sealing {
  readonly #source: Composed;
  readonly #text: string;
  readonly #sites: Sites;
  readonly #eol: string;
  readonly #input: SealingInput;
  readonly #edits: Edit[] = [];
  readonly #hints = new Map<Node, string>();
  /** Removed text, by its offset in the source. */
  readonly #cuts: Cut[] = [];
  /** Every edit so far gives a scalar or comment another text on its line, and changes nothing else. */
  #inLine = true;

  constructor(input: SealingInput) {
    this.#input = input;
    this.#source = input.source;
    this.#text = input.source.stream.text;
    this.#sites = input.sites;
    this.#eol = lineEndOf(this.#text);
  }

  /** Null: there is no place for the block where all else keeps its own. */
  draft(): SealedDraft | null {
    this.#sealSites();
    this.#cutDroppedComments();
    this.#cutEmptyRoots();
    this.#expandAliases();
    this.#expandKeys();
    this.#closeLastBlock();
    const { dropped, emptied } = this.#input;
    const mayLoseAll = emptied || dropped.length === 0;
    const content = {
      source: this.#source,
      sites: this.#sites,
      edits: this.#edits,
      eol: this.#eol,
      mayLoseAll,
    };
    const inLine = this.#inLine && this.#cuts.length === 0;
    const places = inLine && placedSurely(this.#source) ? firstPlaces(content) : findPlaces(content);
    if (places === null) return null;
    return {
      presentation: { leaves: this.#numberedHints(places), file: printLayout(this.#layout(places)) },
      incomplete: places.some((p) => p.lost.length > 0 || p.moved.length > 0),
      finish: (metadata) => utf8(renderSealed(content, places, metadata)),
    };
  }

  #layout(places: readonly BlockPlace[]): Layout {
    const lost = places.flatMap((p) => p.lost);
    const cuts = this.#cuts.filter(([at, text]) => !isWithin({ start: at, end: at + text.length }, lost));
    for (const { start, end, text } of [...places.flatMap((p) => p.moved), ...lost.map(removal)])
      cuts.push([start, this.#text.slice(start, end), text.length]);
    cuts.sort((a, b) => a[0] - b[0]);
    const removed = cuts.reduce((n, [, text, instead]) => n + text.length - instead, 0);
    const length = this.#text.length - removed;
    // The line breaks that end the text once its last comments are gone are the content's own.
    const endsInLost = lost.some(
      ({ start, end }) => end === this.#text.length && start < end && lineStart(this.#text, start) === start,
    );
    const noFinalBreak = this.#lacksFinalBreak() && !endsInLost;
    const placements = new Map(places.map((p, i) => [i, p.placement]));
    return { noFinalBreak, cuts, length, placements, encoding: this.#input.encoding };
  }

  #lacksFinalBreak(): boolean {
    const last = this.#source.stream.documents.at(-1);
    if (last === undefined || last.end !== this.#text.length || isFlow(last)) return false;
    const end = endOfLines(this.#text, last);
    return this.#text !== "" && lineStart(this.#text, end) !== end;
  }

  #numberedHints(places: readonly BlockPlace[]): Hint[] {
    const hints: Hint[] = [];
    if (this.#hints.size === 0) return hints;
    const visit = (node: Node | Comment, at: number): void => {
      const spelling = node.type === "comment" ? undefined : this.#hints.get(node);
      if (spelling !== undefined) hints.push({ at, spelling });
    };
    eachNumbered(this.#source.tree, visit, isLostIn(places));
    return hints;
  }

  #sealSites(): void {
    for (const [site, sealed] of this.#sites) {
      if (sealed.text === "") continue;
      if (site.type === "comment") {
        if (site.span !== undefined) this.#edits.push({ ...site.span, text: sealed.text });
        continue;
      }
      const node = this.#source.written.get(site);
      if (node?.kind !== "scalar") continue;
      const { edits, hint } = sealScalar(this.#text, node, site.value, sealed, this.#eol);
      this.#edits.push(...edits);
      this.#inLine &&= staysInLine(this.#text, node, edits);
      if (hint !== null) this.#hints.set(site, hint);
    }
  }

  #cut(start: number, end: number, text = ""): void {
    if (end <= start) return;
    this.#edits.push({ start, end, text });
    this.#cuts.push([start, this.#text.slice(start, end), text.length]);
  }

  #cutDroppedComments(): void {
    const { dropped, emptied } = this.#input;
    for (const span of dropped) {
      const { start, end } = emptied ? span : wholeComment(this.#text, span);
      this.#cut(start, end);
    }
  }

  /** The text of a document that is null gives way to the block. */
  #cutEmptyRoots(): void {
    for (const { root } of this.#source.stream.documents) {
      const target = targetOf(root);
      if (target.kind === "scalar" && resolveScalar(target).kind === "null") this.#cut(root.start, root.end);
    }
  }

  /** An alias stays only where nothing changes: neither in what it stands for, nor in its copy. */
  #expandAliases(): void {
    const starts = this.#edits.map((e) => e.start).sort((a, b) => a - b);
    const roots = new Set(this.#source.stream.documents.map((d) => d.root));
    for (const { alias, target, copy } of this.#source.expansions) {
      if (isRootNull(roots.has(alias), copy)) continue;
      const needed = roots.has(alias) || hasBetween(starts, target.start, target.end) || this.#changes(copy);
      if (!needed) continue;
      const text = flowOrPlain(copy, this.#sites, alias.inFlow);
      // The block comes before the closing brace of a document.
      this.#edits.push({
        start: alias.start,
        end: alias.end,
        text: roots.has(alias) ? text.slice(0, -1) : text,
      });
      this.#hints.set(copy, `*${alias.name}`);
      insertSorted(starts, alias.start);
    }
  }

  /** A key that is an alias of a sealed value is written out: keys are never encrypted. */
  #expandKeys(): void {
    const { aliasKeys } = this.#source;
    if (aliasKeys.length === 0) return;
    const starts = this.#edits.map((e) => e.start).sort((a, b) => a - b);
    for (const { alias, text } of aliasKeys) {
      const target = targetOf(alias);
      if (hasBetween(starts, target.start, target.end)) this.#cut(alias.start, alias.end, flowKey(text));
    }
  }

  /** A clear block scalar that the end of the text ended: with the block after it, it would gain a line break. */
  #closeLastBlock(): void {
    if (!this.#lacksFinalBreak()) return;
    for (const [made, node] of this.#source.written) {
      if (node.kind !== "scalar" || node.block?.content.end !== this.#text.length || made.type !== "leaf")
        continue;
      const { start, end } = node.block.header;
      const header = this.#text.slice(start, end);
      if (this.#sites.has(made) || header.includes("-")) continue;
      const at = header.includes("+") ? start + header.indexOf("+") : end;
      const old = header.includes("+") ? "+" : "";
      this.#edits.push({ start: at, end: at + old.length, text: "-" });
      this.#cuts.push([at, old, 1]);
    }
  }

  #changes(node: Node | Comment): boolean {
    if (node.type === "map")
      return node.entries.some((e) => this.#changes(e.type === "comment" ? e : e.value));
    if (node.type === "list") return node.items.some((item) => this.#changes(item));
    return node.type !== "null" && this.#sites.has(node);
  }
}

function isFlow(document: YamlDocument): boolean {
  const { root } = document;
  return (
    (root.kind === "mapping" && root.flow) || (root.kind === "alias" && targetOf(root).kind === "mapping")
  );
}

function isRootNull(root: boolean, copy: Node): boolean {
  return root && copy.type === "null";
}

function flowOrPlain(copy: Node, sites: Sites, inFlow: boolean): string {
  const sealed = copy.type === "leaf" ? sites.get(copy)?.text : undefined;
  return sealed !== undefined && !inFlow ? sealed : flowText(copy, sites);
}
