import { utf8 } from "../../core/bytes.ts";
import { SopsError } from "../../core/errors.ts";
import type { Hint, SealedDraft, SealedText, Site } from "../../core/format.ts";
import { entry, map, str, type Comment, type MapNode, type Node } from "../../core/tree.ts";
import { placeBlock, type BlockPlace } from "./block-place.ts";
import type { Composed } from "./compose.ts";
import { targetOf } from "./compose.ts";
import { flowText } from "./flow-text.ts";
import { AT_END, printLayout, type Cut } from "./layout.ts";
import type { YamlDocument } from "./node.ts";
import { eachNumbered } from "./numbering.ts";
import { placeOf } from "./place.ts";
import { readYamlText } from "./reader.ts";
import { resolveScalar } from "./resolve.ts";
import { lineEndOf } from "./scan-scalar.ts";
import { doubleQuoted } from "./scalar-text.ts";
import { sealScalar } from "./seal-scalar.ts";
import { afterBreak, applyEdits, lineEnd, lineStart, type Edit } from "./splice.ts";
import { readsAlike } from "./verify.ts";
import { isBlank } from "./characters.ts";

type Sites = ReadonlyMap<Site, SealedText>;

/** What `readsAlike` looks at in place of the real block. */
const STAND_IN = map([entry("mac", str("ENC[]"))]);

/** Seals a composed text (design section 1): ENC texts spliced in, aliases written out, a place for the block found. */
export function sealYaml(source: Composed, sites: Sites): SealedDraft {
  return new Sealing(source, sites).draft();
}

class Sealing {
  readonly #source: Composed;
  readonly #text: string;
  readonly #sites: Sites;
  readonly #eol: string;
  readonly #edits: Edit[] = [];
  readonly #hints = new Map<Node, string>();
  /** Removed text, by its offset in the source. */
  readonly #cuts: Cut[] = [];

  constructor(source: Composed, sites: Sites) {
    this.#source = source;
    this.#text = source.stream.text;
    this.#sites = sites;
    this.#eol = lineEndOf(this.#text);
  }

  draft(): SealedDraft {
    this.#sealSites();
    this.#cutLostComments();
    this.#cutEmptyRoots();
    this.#expandAliases();
    this.#expandKeys();
    this.#closeLastBlock();
    const places = this.#findPlaces();
    const placements = new Map(places.map((p, i) => [i, p.placement]));
    for (const { start, end, text } of places.flatMap((p) => p.moved))
      this.#cuts.push([start, this.#text.slice(start, end), text.length]);
    const removed = this.#cuts.reduce((n, [, text, instead]) => n + text.length - instead, 0);
    const cuts = [...this.#cuts].sort((a, b) => a[0] - b[0]);
    const file = printLayout({
      noFinalBreak: this.#lacksFinalBreak(),
      cuts,
      length: this.#text.length - removed,
      placements,
    });
    return {
      presentation: { leaves: this.#numberedHints(), file },
      finish: (metadata) => utf8(this.#render(places, metadata)),
    };
  }

  #lacksFinalBreak(): boolean {
    const last = this.#source.stream.documents.at(-1);
    const atEnd = last !== undefined && last.end === this.#text.length && !isFlow(last);
    return atEnd && this.#text !== "" && lineStart(this.#text, this.#text.length) !== this.#text.length;
  }

  #render(places: readonly BlockPlace[], metadata: MapNode): string {
    const blocks = places.map((p) => ({ start: p.at, end: p.at, text: p.render(metadata) }));
    return applyEdits(this.#text, [...this.#edits, ...places.flatMap((p) => p.moved), ...blocks]);
  }

  #numberedHints(): Hint[] {
    const hints: Hint[] = [];
    if (this.#hints.size === 0) return hints;
    eachNumbered(this.#source.tree, (node, at) => {
      const spelling = node.type === "comment" ? undefined : this.#hints.get(node);
      if (spelling !== undefined) hints.push({ at, spelling });
    });
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
      if (hint !== null) this.#hints.set(site, hint);
    }
  }

  #cut(start: number, end: number, text = ""): void {
    if (end <= start) return;
    this.#edits.push({ start, end, text });
    this.#cuts.push([start, this.#text.slice(start, end), text.length]);
  }

  /** SOPS drops some comments; left in the file they would be there in clear text. */
  #cutLostComments(): void {
    for (const span of this.#source.stream.comments) {
      if (this.#source.kept.has(span.start)) continue;
      const line = lineStart(this.#text, span.start);
      let start = span.start - 1;
      while (start > line && isBlank(this.#text.charCodeAt(start - 1))) start--;
      const whole = start === line;
      this.#cut(start, whole ? afterBreak(this.#text, lineEnd(this.#text, span.end)) : span.end);
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
      if (hasBetween(starts, target.start, target.end))
        this.#cut(alias.start, alias.end, doubleQuoted(text, false));
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

  /** The first place for each document's block where every comment keeps its place in the tree. */
  #findPlaces(): BlockPlace[] {
    const { documents } = this.#source.stream;
    const places = documents.map((d) => this.#place(d, 0));
    for (let mode = 1; ; mode++) {
      const wrong = this.#misread(places);
      if (wrong.length === 0) return places;
      for (const i of wrong) {
        const document = documents[i];
        if (document !== undefined) places[i] = this.#place(document, mode);
      }
    }
  }

  #place(document: YamlDocument, mode: number): BlockPlace {
    const place = this.#rootExpansion(document, mode) ?? placeBlock(this.#text, document, mode, this.#eol);
    if (place === null) throw this.#cannotPlace(document);
    return place;
  }

  /** A document that is an alias: the block ends the copy, which `#expandAliases` left open. */
  #rootExpansion(document: YamlDocument, mode: number): BlockPlace | null {
    const { root } = document;
    const target = targetOf(root);
    if (root.kind !== "alias" || target.kind !== "mapping" || mode > 0) return null;
    const before = target.pairs.length === 0 ? "" : ", ";
    return {
      at: root.end,
      placement: AT_END,
      moved: [],
      render: (metadata) => `${before}"sops": ${flowText(metadata, new Map())}}`,
    };
  }

  /** The documents that would not read as they should. */
  #misread(places: readonly BlockPlace[]): number[] {
    const { tree } = this.#source;
    const all = tree.documents.map((_, i) => i);
    let documents: readonly MapNode[];
    try {
      documents = readYamlText(this.#render(places, STAND_IN)).tree.documents;
    } catch (error) {
      if (error instanceof SopsError) return all;
      throw error;
    }
    if (documents.length !== all.length) return all;
    return all.filter((i) => {
      const [plain, sealed] = [tree.documents[i], documents[i]];
      return plain === undefined || sealed === undefined || !readsAlike(plain, sealed, this.#sites);
    });
  }

  #cannotPlace(document: YamlDocument | undefined): SopsError {
    return new SopsError(
      "UNSUPPORTED",
      "the metadata block cannot be added without moving a comment or a value",
      {
        hint: "end the file with a line break and move the comments at the end of the document above a key",
        place: placeOf(this.#text, document?.root.end ?? 0),
      },
    );
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

/** Is there a number in [from, to)? The list is sorted. */
function hasBetween(sorted: readonly number[], from: number, to: number): boolean {
  const next = sorted[firstAtLeast(sorted, from)];
  return next !== undefined && next < to;
}

function firstAtLeast(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function insertSorted(sorted: number[], value: number): void {
  sorted.splice(firstAtLeast(sorted, value), 0, value);
}
