import { SopsError } from "../../../core/base/errors.ts";
import type { SealedText, Site } from "../../../core/model/format.ts";
import { entry, map, str, type Comment, type MapNode, type Span } from "../../../core/model/tree.ts";
import { blockPlaces, type BlockPlace } from "./block-place.ts";
import type { Composed } from "../compose/compose.ts";
import type { YamlDocument } from "../parse/node.ts";
import { readYamlText } from "../compose/read.ts";
import { applyEdits, type Edit } from "../../edits.ts";
import { readsAlike } from "./reads-alike.ts";

/** A sealed text that lacks its metadata blocks. */
export interface Content {
  readonly source: Composed;
  readonly sites: ReadonlyMap<Site, SealedText>;
  readonly edits: readonly Edit[];
  readonly eol: string;
  /** A file that lacks all its comments in the eyes of SOPS is better than none. */
  readonly mayLoseAll: boolean;
}

/** What `readsAlike` looks at in place of the real block. */
const STAND_IN = map([entry("mac", str("ENC[]"))]);

/** The place for each document's block that is right in most files. */
export function firstPlaces(content: Content): BlockPlace[] | null {
  return allOf(choicesOf(content).map(next));
}

/** The first place for each document's block where every comment keeps its place in the tree: tried by reading it. */
export function findPlaces(content: Content): BlockPlace[] | null {
  const choices = choicesOf(content);
  let places = allOf(choices.map(next));
  while (places !== null) {
    const wrong = misread(content, places);
    if (wrong.length === 0) break;
    places = allOf(places.map((place, i) => (wrong.includes(i) ? next(choices[i]) : place)));
  }
  return places;
}

function choicesOf({ source, eol, mayLoseAll }: Content): Generator<BlockPlace, void>[] {
  const { documents, text } = source.stream;
  return documents.map((d, i) =>
    blockPlaces(text, d, commentsOf(source, documents[i - 1], d), eol, mayLoseAll),
  );
}

function commentsOf(
  { stream, kept }: Composed,
  before: YamlDocument | undefined,
  { end }: YamlDocument,
): Span[] {
  const from = before?.end ?? 0;
  return stream.comments.filter((c) => c.start >= from && c.start <= end && kept.has(c.start));
}

function next(choice: Iterator<BlockPlace, void> | undefined): BlockPlace | null {
  return choice?.next().value ?? null;
}

function allOf(places: readonly (BlockPlace | null)[]): BlockPlace[] | null {
  const found = places.filter((place) => place !== null);
  return found.length === places.length ? found : null;
}

/** The documents that would not read as they should. */
export function misread(content: Content, places: readonly BlockPlace[]): number[] {
  const { tree } = content.source;
  const all = tree.documents.map((_, i) => i);
  let documents: readonly MapNode[];
  try {
    documents = readYamlText(renderSealed(content, places, STAND_IN)).tree.documents;
  } catch (error) {
    if (error instanceof SopsError) return all;
    throw error;
  }
  if (documents.length !== all.length) return all;
  const isLost = isLostIn(places);
  return all.filter((i) => {
    const [plain, sealed] = [tree.documents[i], documents[i]];
    return plain === undefined || sealed === undefined || !readsAlike(plain, sealed, content.sites, isLost);
  });
}

/** The sealed text with a block of `metadata` in each place. */
export function renderSealed(
  { source, edits }: Content,
  places: readonly BlockPlace[],
  metadata: MapNode,
): string {
  const blocks = places.map((p) => ({ start: p.at, end: p.at, text: p.render(metadata) }));
  const lost = places.flatMap((p) => p.lost);
  const kept = lost.length === 0 ? edits : edits.filter((e) => !isWithin(e, lost));
  const moved = places.flatMap((p) => p.moved);
  return applyEdits(source.stream.text, [...kept, ...moved, ...blocks, ...lost.map(removal)]);
}

export function removal({ start, end }: Span): Edit {
  return { start, end, text: "" };
}

/** Is it in one of the stretches? An insertion where one starts is not. */
export function isWithin({ start, end }: Span, stretches: readonly Span[]): boolean {
  return stretches.some((s) => s.start <= start && end <= s.end && s.start < end);
}

export function isLostIn(places: readonly BlockPlace[]): (comment: Comment) => boolean {
  const lost = places.flatMap((p) => p.lost);
  return ({ span }) => lost.length > 0 && span !== undefined && isWithin(span, lost);
}
