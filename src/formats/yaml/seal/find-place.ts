import { SopsError } from "../../../core/base/errors.ts";
import type { SealedText, Site } from "../../../core/model/format.ts";
import { entry, map, str, type Comment, type MapNode, type Span } from "../../../core/model/tree.ts";
import { blockPlaces, type BlockPlace } from "./block-place.ts";
import type { Composed } from "../compose/compose.ts";
import type { YamlDocument } from "../parse/node.ts";
import { placeOf } from "../parse/line-column.ts";
import { readYamlText } from "../compose/read.ts";
import { applyEdits, type Edit } from "../../edits.ts";
import { readsAlike } from "./reads-alike.ts";

/** A sealed text that lacks its metadata blocks. */
export interface Content {
  readonly source: Composed;
  readonly sites: ReadonlyMap<Site, SealedText>;
  readonly edits: readonly Edit[];
  readonly eol: string;
}

/** What `readsAlike` looks at in place of the real block. */
const STAND_IN = map([entry("mac", str("ENC[]"))]);

/** The place for each document's block that is right in most files. */
export function firstPlaces(content: Content): BlockPlace[] {
  const { documents } = content.source.stream;
  return choicesOf(content).map((choice, i) => next(choice, content, documents[i]));
}

/** The first place for each document's block where every comment keeps its place in the tree: tried by reading it. */
export function findPlaces(content: Content): BlockPlace[] {
  const { documents } = content.source.stream;
  const choices = choicesOf(content);
  const places = choices.map((choice, i) => next(choice, content, documents[i]));
  for (;;) {
    const wrong = misread(content, places);
    if (wrong.length === 0) return places;
    for (const i of wrong) {
      const choice = choices[i];
      if (choice !== undefined) places[i] = next(choice, content, documents[i]);
    }
  }
}

function choicesOf({ source, eol }: Content): Generator<BlockPlace, void>[] {
  const { documents, text } = source.stream;
  return documents.map((d, i) => blockPlaces(text, d, commentsOf(source, documents[i - 1], d), eol));
}

function commentsOf(
  { stream, kept }: Composed,
  before: YamlDocument | undefined,
  { end }: YamlDocument,
): Span[] {
  const from = before?.end ?? 0;
  return stream.comments.filter((c) => c.start >= from && c.start <= end && kept.has(c.start));
}

function next(
  choice: Iterator<BlockPlace, void>,
  { source }: Content,
  document: YamlDocument | undefined,
): BlockPlace {
  const found = choice.next();
  if (found.done !== true) return found.value;
  throw new SopsError(
    "UNSUPPORTED",
    "the metadata block cannot be added without moving a comment or a value",
    {
      hint: "end the file with a line break and move the comments at the end of the document above a key",
      place: placeOf(source.stream.text, document?.root.end ?? 0),
    },
  );
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
