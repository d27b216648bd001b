import type { Edit } from "../../edits.ts";
import type { Anchor, KeyLine, Scanned } from "../parse/scan.ts";

/*
 * Some of an INI text is in nobody's tree: comments after the last key, what stands behind a header or above it on an
 * overridden line, and the values of those lines. SOPS drops it. Here it must not stay in clear text in a sealed file,
 * so it is cut out and travels, encrypted, in `Presentation.file`.
 */

/** Text that was cut at the header or key line with this number (all are counted, from 0, in file order). */
type Piece = readonly [line: number, part: Part, text: string];
type Part = "above" | "value" | "behind";

interface Lost {
  readonly pieces: readonly Piece[];
  /** Comment lines at the end of the file, and all after them. */
  readonly tail: string;
  /** The last line of what remains has no LF. */
  readonly noFinalLf: boolean;
}

export interface Cuts {
  readonly edits: readonly Edit[];
  readonly pieces: readonly Piece[];
  readonly tail: string;
}

/** What must go from a text before it is sealed. */
export function cutLost(text: string, { anchors, sections, tail }: Scanned): Cuts {
  const edits: Edit[] = [];
  const pieces: Piece[] = [];
  const overridden = overriddenLines(sections);
  const headers = new Set<Anchor | null>(sections.map((section) => section.header));
  const cut = (line: number, part: Part, start: number, end: number): void => {
    if (start === end) return;
    pieces.push([line, part, text.slice(start, end)]);
    edits.push({ start, end, text: "" });
  };
  for (const [i, anchor] of anchors.entries()) {
    if (headers.has(anchor)) cut(i, "behind", anchor.kept, anchor.body.end);
    if (!overridden.has(anchor)) continue;
    cut(i, "above", anchor.from, anchor.at);
    cut(i, "value", anchor.body.start, lineEnd(text, anchor));
  }
  edits.push({ start: tail, end: text.length, text: "" });
  return { edits, pieces, tail: text.slice(tail) };
}

/** Lines whose key stands again below, in the same section. */
function overriddenLines(sections: Scanned["sections"]): Set<Anchor> {
  const lines = new Set<Anchor>();
  for (const { keys } of sections)
    for (const key of keys.values()) for (const line of key.lines.slice(0, -1)) lines.add(line);
  return lines;
}

/** The end of an anchor's last line without its line end; never before its body, which a blank line may follow. */
function lineEnd(text: string, { body, next }: KeyLine | Anchor): number {
  const end = text.indexOf("\n", body.end);
  const found = end < 0 || end >= next ? next : end;
  return found > body.end && text[found - 1] === "\r" ? found - 1 : found;
}

/** `Presentation.file`: empty where there is nothing to say. */
export function writeLost(lost: Lost): string {
  const { pieces, tail, noFinalLf } = lost;
  return pieces.length === 0 && tail === "" && !noFinalLf ? "" : JSON.stringify([noFinalLf, tail, ...pieces]);
}

/** The same read again; what is not of this form says nothing. */
export function readLost(file: string): Lost {
  const nothing: Lost = { pieces: [], tail: "", noFinalLf: false };
  if (file === "") return nothing;
  try {
    const parts: unknown = JSON.parse(file);
    if (!Array.isArray(parts)) return nothing;
    const [noFinalLf, tail, ...pieces] = parts as unknown[];
    return {
      pieces: pieces.filter(isPiece),
      tail: typeof tail === "string" ? tail : "",
      noFinalLf: noFinalLf === true,
    };
  } catch {
    return nothing;
  }
}

function isPiece(value: unknown): value is Piece {
  if (!Array.isArray(value)) return false;
  const [line, part, text] = value as unknown[];
  return typeof line === "number" && typeof part === "string" && typeof text === "string";
}

/** The edits that put the pieces back into an opened text. */
export function restoreLost(anchors: readonly Anchor[], pieces: readonly Piece[]): Edit[] {
  return pieces.flatMap(([line, part, text]) => {
    const anchor = anchors[line];
    return anchor === undefined ? [] : [restorePiece(anchor, part, text)];
  });
}

function restorePiece(anchor: Anchor, part: Part, text: string): Edit {
  const place = part === "above" ? anchor.at : part === "value" ? anchor.body.start : anchor.kept;
  return { start: place, end: place, text };
}
