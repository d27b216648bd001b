import { SopsError } from "../../../core/base/errors.ts";
import type { Presentation, SealedSource, Site } from "../../../core/model/format.ts";
import type { MapNode, Scalar } from "../../../core/model/tree.ts";
import { lossyText, nameText, rawScalar, rawText, readBytes, writeBytes } from "../../byte-text.ts";
import { applyEdits, type Edit } from "../../edits.ts";
import { unflatten } from "../../flat.ts";
import { continueComment } from "../parse/comment.ts";
import { BLOCK, emitBlock } from "../emit/emit.ts";
import { layOut, type Slot } from "../hints/layout.ts";
import { readLost, restoreLost } from "../hints/dropped-text.ts";
import { type IniSection, scan, type Scanned } from "../parse/scan.ts";
import { trim } from "../parse/space.ts";
import { canonicalValue, spellByHint } from "../hints/spelling.ts";

/** Throws PARSE, NO_METADATA and BAD_METADATA. */
export function parseSealed(bytes: Uint8Array): SealedSource {
  const text = readBytes(bytes);
  const scanned = scan(text);
  const block = blockOf(scanned.sections);
  const sections = scanned.sections.filter((section) => section !== block);
  const { tree, slots } = layOut(sections);
  return {
    text,
    tree,
    metadata: readBlock(block),
    styleOf: () => undefined,
    withBlock: (metadata, edits = []) =>
      writeBytes(
        applyEdits(text, [
          ...edits,
          { start: block.start, end: block.end, text: blockText(text, block, metadata) },
        ]),
      ),
    open: (sites, presentation) => open(text, { ...scanned, sections }, block, slots, sites, presentation),
  };
}

/** With the empty line that parts it from a section below. */
function blockText(text: string, { end }: IniSection, metadata: MapNode): string {
  return emitBlock(metadata) + (end < text.length ? "\n" : "");
}

function blockOf(sections: readonly IniSection[]): IniSection {
  const [block, second] = sections.filter((section) => section.name === BLOCK);
  if (block === undefined)
    throw new SopsError("NO_METADATA", "the file has no sops metadata: there is no section [sops]", {
      hint: "it is not encrypted, or was cut off: enc encrypt FILE encrypts it",
    });
  if (second !== undefined)
    throw new SopsError("BAD_METADATA", "the file has two sections [sops]", {
      hint: "restore the file from git",
    });
  return block;
}

/** Line feeds are written as the pair `\n`; SOPS 3.13.0 and 3.13.1 wrote them as they are, in quotes (traps.md 43). */
function readBlock(block: IniSection): MapNode {
  return unflatten(
    [...block.keys.values()].map(({ name, lines }) => {
      const { value } = lines.at(-1) ?? lines[0];
      return [nameText(name), nameText(value).replaceAll("\\n", "\n")] as const;
    }),
  );
}

function open(
  text: string,
  scanned: Scanned,
  block: IniSection,
  slots: readonly Slot[],
  sites: ReadonlyMap<Site, Scalar | string>,
  presentation: Presentation,
): Uint8Array {
  const hints = new Map(presentation.leaves.map((hint) => [hint.at, hint.spelling]));
  const lost = readLost(presentation.file);
  const outside = scanned.anchors.filter(({ at }) => at < block.start || at >= block.end);
  const edits: Edit[] = restoreLost(outside, lost.pieces);
  for (const slot of slots) edits.push(...openSlot(text, slot, sites.get(slot.site), hints.get(slot.at)));
  edits.push({ start: blockStart(text, block), end: block.end, text: "" });
  const body = applyEdits(text, edits);
  const cut = lost.noFinalLf && body.endsWith("\n") ? body.slice(0, -1) : body;
  return writeBytes(cut + lost.tail);
}

/** The block with the empty line before it, which is not the user's. */
function blockStart(text: string, { start }: IniSection): number {
  return start >= 2 && text.startsWith("\n\n", start - 2) ? start - 1 : start;
}

/** The lines above a key or header in full, and what stands behind on its line. */
type Places = readonly [above: string, behind: string];

function openSlot(
  text: string,
  slot: Slot,
  value: Scalar | string | undefined,
  hint: string | undefined,
): Edit[] {
  if (slot.kind === "value") return openValue(slot, value, hint);
  return openComment(text, slot, value, hint);
}

function openValue(
  { line }: Slot & { kind: "value" },
  value: Scalar | string | undefined,
  hint: string | undefined,
): Edit[] {
  const raw =
    value === undefined ? line.value : typeof value === "string" ? rawText(value) : rawScalar(value);
  const hinted = hint === undefined ? null : spellByHint(hint, raw);
  if (hinted === null && value === undefined) return [];
  return [{ ...line.body, text: hinted ?? canonicalValue(raw) }];
}

function openComment(
  text: string,
  slot: Slot & { kind: "comment" },
  value: Scalar | string | undefined,
  hint: string | undefined,
): Edit[] {
  const { comment, anchor } = slot;
  const raw = typeof value === "string" ? rawText(value) : comment.raw;
  const hinted = hint === undefined ? null : readCommentHint(hint, raw, "value" in anchor);
  if (hinted !== null) return respellComment(text, slot, hinted);
  if (comment.own === null || value === undefined) return [];
  return [
    { ...comment.own, text: comment.lines === null ? raw.replaceAll("\n", " ") : continueComment(raw) },
  ];
}

/** Puts a comment back to the two places it came from, whichever it has now. */
function respellComment(
  text: string,
  { comment, anchor }: Slot & { kind: "comment" },
  [above, behind]: Places,
): Edit[] {
  const found = comment.inline ?? { start: anchor.body.end, end: anchor.body.end };
  // An empty comment was sealed as its sign and a blank, which is no part of a comment that is read.
  const isEmpty = trim(text.slice(found.start, found.end)) === ";" && text[found.end] === " ";
  const inline = isEmpty ? { ...found, end: found.end + 1 } : found;
  return [
    { start: anchor.from, end: anchor.at, text: above },
    { ...inline, text: behind },
  ];
}

/** What a hint says stood above and behind; null where that is not this comment. */
function readCommentHint(hint: string, raw: string, onKey: boolean): Places | null {
  const [above, behind] = parsePair(hint);
  const spelled = commentOf(above, behind, onKey);
  return spelled !== null && lossyText(spelled) === lossyText(raw) ? [above, behind] : null;
}

/** The comment that these two make around a key or a header, read as a file of its own. */
function commentOf(above: string, behind: string, onKey: boolean): string | null {
  try {
    const { sections } = scan(`${above}${onKey ? "k = v" : "[s]"}${behind}\n`);
    const key = sections[0]?.keys.get("k");
    const header = sections[1]?.name === "s" ? sections[1].header : null;
    const anchor = onKey && key?.lines[0].value === "v" ? key.lines[0] : header;
    return anchor?.comment?.raw ?? null;
  } catch (error) {
    if (error instanceof SopsError) return null;
    throw error;
  }
}

function parsePair(hint: string): Places {
  try {
    const pair: unknown = JSON.parse(hint);
    if (!Array.isArray(pair)) return ["", ""];
    const [above, behind] = pair as unknown[];
    return [typeof above === "string" ? above : "", typeof behind === "string" ? behind : ""];
  } catch {
    return ["", ""];
  }
}
