import type { Encoding } from "../parse/encoding.ts";

/** How the metadata block was put into a document. */
export interface Placement {
  /**
   * 0: at the end of the document; 1: before the comments that end it; 2: at the end, after a blank line of ours;
   * 3 and more: at the end, the comments before it moved to the column of an open collection, outermost first.
   */
  readonly mode: number;
  /** A top-level `{...}` had a comma after its last entry. */
  readonly comma: boolean;
}

/** The mode of a block that a blank line of ours stands before. */
export const AFTER_BLANK = 2;
export const AT_END: Placement = { mode: 0, comma: false };

/** Text that the sealed file does not have, the offset in the plain text where it goes, and how much it replaces there. */
export type Cut = readonly [at: number, text: string, instead: number];

/** What is to be known about a file beside its values: the `file` part of a presentation. */
export interface Layout {
  /** The plain text ends without a line break. */
  readonly noFinalBreak: boolean;
  /** Comments that SOPS does not keep, the text of empty documents, and aliases that are keys. */
  readonly cuts: readonly Cut[];
  /** Length of the plain text before the cuts are put back: where it is another, the values were changed and the offsets are void. */
  readonly length: number;
  /** By document number; those that are not in it stand at the end. */
  readonly placements: ReadonlyMap<number, Placement>;
  /** What the plain text was written in. The sealed text is always UTF-8. */
  readonly encoding: Encoding;
}

const PLAIN_LAYOUT: Layout = {
  noFinalBreak: false,
  cuts: [],
  length: 0,
  placements: new Map(),
  encoding: "utf-8",
};

/** Empty for the layout that most files have. */
export function printLayout(layout: Layout): string {
  const places = [...layout.placements].flatMap(([i, p]) =>
    p.mode === 0 && !p.comma ? [] : [[i, p.mode, Number(p.comma)]],
  );
  const { encoding } = layout;
  if (!layout.noFinalBreak && layout.cuts.length === 0 && places.length === 0 && encoding === "utf-8")
    return "";
  return JSON.stringify({
    ...(encoding === "utf-8" ? {} : { e: encoding }),
    ...(layout.noFinalBreak ? { n: 1 } : {}),
    ...(layout.cuts.length > 0 ? { c: layout.cuts, l: layout.length } : {}),
    ...(places.length > 0 ? { p: places } : {}),
  });
}

/** What cannot be read says nothing. */
export function parseLayout(text: string): Layout {
  if (text === "") return PLAIN_LAYOUT;
  try {
    const raw = JSON.parse(text) as { n?: unknown; c?: unknown; l?: unknown; p?: unknown; e?: unknown };
    return {
      noFinalBreak: raw.n === 1,
      cuts: Array.isArray(raw.c) ? raw.c.filter(isCut) : [],
      length: typeof raw.l === "number" ? raw.l : -1,
      placements: new Map(Array.isArray(raw.p) ? raw.p.flatMap(placementOf) : []),
      encoding: raw.e === "utf-16le" || raw.e === "utf-16be" ? raw.e : "utf-8",
    };
  } catch {
    return PLAIN_LAYOUT;
  }
}

function isCut(value: unknown): value is Cut {
  return (
    Array.isArray(value) &&
    typeof value[0] === "number" &&
    typeof value[1] === "string" &&
    typeof value[2] === "number"
  );
}

function placementOf(value: unknown): [number, Placement][] {
  if (!Array.isArray(value)) return [];
  const [document, mode, comma] = value as unknown[];
  if (typeof document !== "number" || typeof mode !== "number") return [];
  return [[document, { mode, comma: comma === 1 }]];
}
