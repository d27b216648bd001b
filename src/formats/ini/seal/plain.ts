import { SopsError } from "../../../core/base/errors.ts";
import type { Hint, PlainSource, SealedDraft, SealedText, Site } from "../../../core/model/format.ts";
import { lineAt, rawText, readBytes, writeBytes } from "../../byte-text.ts";
import { applyEdits, type Edit } from "../../edits.ts";
import { setKey, unsetKey } from "../edit/edit.ts";
import { BLOCK, emitBlock } from "../emit/emit.ts";
import { layOut, refuseJunkInNames, type Slot } from "../hints/layout.ts";
import { cutLost, writeLost } from "../hints/dropped-text.ts";
import { scan, type Scanned } from "../parse/scan.ts";
import { hintFor, spells } from "../hints/spelling.ts";

/** Throws PARSE, NOT_UTF8 (UTF-16) and ALREADY_ENCRYPTED. */
export function parsePlain(bytes: Uint8Array): PlainSource {
  const text = readBytes(bytes);
  const scanned = scan(text);
  refuseBlock(text, scanned);
  refuseJunkInNames(text, scanned.sections);
  const { tree, slots } = layOut(scanned.sections);
  return {
    tree,
    seal: (sites) => seal(text, scanned, slots, sites),
    set: (path, value) => setKey(text, scanned, path, value),
    unset: (path) => unsetKey(text, scanned, path),
  };
}

function refuseBlock(text: string, { sections }: Scanned): void {
  const block = sections.find((section) => section.name === BLOCK);
  if (block === undefined) return;
  throw new SopsError("ALREADY_ENCRYPTED", "the section [sops] is reserved for the metadata", {
    hint: "if the file is encrypted, it needs no encrypting: change it with enc edit; else rename the section",
    place: { line: lineAt(text, block.header?.at ?? 0) },
  });
}

function seal(
  text: string,
  scanned: Scanned,
  slots: readonly Slot[],
  sites: ReadonlyMap<Site, SealedText>,
): SealedDraft {
  const cuts = cutLost(text, scanned);
  const edits: Edit[] = [...cuts.edits];
  const hints: Hint[] = [];
  for (const slot of slots) {
    const spelling = sealSlot(text, slot, sites.get(slot.site)?.text, edits);
    if (spelling !== null) hints.push({ at: slot.at, spelling });
  }
  const body = applyEdits(text, edits);
  const noFinalLf = body !== "" && !body.endsWith("\n");
  return {
    presentation: { leaves: hints, file: writeLost({ ...cuts, noFinalLf }) },
    finish: (metadata) =>
      writeBytes(body + (noFinalLf ? "\n" : "") + (body === "" ? "" : "\n") + emitBlock(metadata)),
  };
}

/** Adds the edits of one site; answers how it was spelled where its new text cannot tell. */
function sealSlot(text: string, slot: Slot, sealed: string | undefined, edits: Edit[]): string | null {
  return slot.kind === "value"
    ? sealValue(text, slot, sealed, edits)
    : sealComment(text, slot, sealed, edits);
}

function sealValue(
  text: string,
  { line }: Slot & { kind: "value" },
  sealed: string | undefined,
  edits: Edit[],
): string | null {
  const { body, kept, value } = line;
  const source = text.slice(body.start, body.end);
  if (sealed !== undefined) {
    edits.push({ ...body, text: sealed });
    return hintFor(source, value);
  }
  if (body.end === text.length && !spells(source, value) && source === value)
    throw opensQuote(text, body.start);
  if (kept === body.end) return null;
  // What stands behind a quoted value is in no tree, so it may not stay, clear though the value is.
  edits.push({ start: kept, end: body.end, text: "" });
  return source;
}

/** At the very end of a file `"""` is a value; with the metadata behind it, it would open a quote that never ends. */
function opensQuote(text: string, at: number): SopsError {
  return new SopsError("UNSUPPORTED", "a last value that opens a quote cannot stay in clear text", {
    hint: "put the value in backquotes",
    place: { line: lineAt(text, at) },
  });
}

/**
 * A comment that is not one piece becomes one: behind the value if any of it stood there (a clear value may end with a
 * backslash, which must not come to stand at the end of its line), else above.
 */
function sealComment(
  text: string,
  { site, comment, anchor }: Slot & { kind: "comment" },
  sealed: string | undefined,
  edits: Edit[],
): string | null {
  const made = sealed ?? (comment.crashes ? rawText(site.text) : undefined);
  if (made === undefined) return null;
  const { inline, own } = comment;
  if (own !== null) {
    edits.push({ ...own, text: made });
    return null;
  }
  const above = { start: anchor.from, end: anchor.at };
  const behind = inline ?? { start: anchor.body.end, end: anchor.body.end };
  const stays = inline !== null && "value" in anchor && !made.includes("\n");
  const gap = anchor.body.start === anchor.body.end ? "" : " ";
  // A run of the same sign is read as one: a clear text that begins with one of its own needs the other before it.
  const sign = made.startsWith(";") ? "#" : ";";
  edits.push(
    { ...above, text: stays ? "" : `${sign} ${made}\n` },
    { ...behind, text: stays ? `${gap}${sign} ${made}` : "" },
  );
  return JSON.stringify([text.slice(above.start, above.end), text.slice(behind.start, behind.end)]);
}
