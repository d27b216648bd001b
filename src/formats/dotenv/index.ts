import { SopsError } from "../../core/base/errors.ts";
import type {
  Edit,
  Format,
  PlainSource,
  Presentation,
  SealedSource,
  SealedText,
  Site,
} from "../../core/model/format.ts";
import { map, type MapItem, type MapNode, type Scalar, type Tree } from "../../core/model/tree.ts";
import { lineAt, lossyText, rawText, readBytes, writeBytes } from "../byte-text.ts";
import { applyEdits, Splicer } from "../edits.ts";
import { unflatten } from "../flat.ts";
import { setLine, unsetLine } from "./edit.ts";
import { emitBlock, emitOne, emitSealedTree, emitTree, spellValue } from "./emit.ts";
import { type Lines, PREFIX, readLines } from "./lines.ts";

/** `Presentation.file` of a text whose last line has no LF. */
const NO_FINAL_LF = "no final LF";

/** `.env` in SOPS' own dialect: `KEY=value` lines without quotes, escapes or trimming (format.md 8). */
export const dotenvFormat: Format = {
  name: "dotenv",
  flat: true,
  parsePlain,
  parseSealed,
  emit: emitTree,
  emitSealed: emitSealedTree,
  emitValue: emitOne,
};

function parsePlain(bytes: Uint8Array): PlainSource {
  const text = readBytes(bytes);
  const { items, block } = readLines(text);
  refuseBlock(text, block);
  return {
    tree: treeOf(items),
    seal: (sites) => seal(text, items, sites),
    set: (path, value) => setLine(text, items, path, value),
    unset: (path) => unsetLine(text, items, path),
  };
}

const treeOf = (items: readonly MapItem[]): Tree => ({ documents: [map(items)] });

function refuseBlock(text: string, [first]: Lines["block"]): void {
  if (first === undefined) return;
  throw new SopsError(
    "ALREADY_ENCRYPTED",
    `the key ${PREFIX}${first.name} starts with sops_, which is reserved for the metadata`,
    {
      hint: "if the file is encrypted, it needs no encrypting: change it with enc edit; else rename the key",
      place: { line: lineAt(text, first.line.start) },
    },
  );
}

function seal(
  text: string,
  items: readonly MapItem[],
  sites: ReadonlyMap<Site, SealedText>,
): ReturnType<PlainSource["seal"]> {
  const splicer = new Splicer(text);
  replaceSites(splicer, items, (site) => sites.get(site)?.text);
  const body = splicer.finish();
  const cut = body !== "" && !body.endsWith("\n");
  return {
    presentation: { leaves: [], file: cut ? NO_FINAL_LF : "" },
    finish: (metadata) => writeBytes(body + (cut ? "\n" : "") + emitBlock(metadata)),
  };
}

/** Writes the new text of each site that has one; `textOf` is asked in file order. */
function replaceSites(
  splicer: Splicer,
  items: readonly MapItem[],
  textOf: (site: Site, at: number) => string | undefined,
): void {
  let at = 0;
  for (const item of items) {
    at++;
    const site = item.type === "comment" ? item : item.value;
    if (site.type !== "leaf" && site.type !== "comment") continue;
    const text = textOf(site, at);
    if (text !== undefined && site.span !== undefined) splicer.replace(site.span.start, site.span.end, text);
  }
}

function parseSealed(bytes: Uint8Array): SealedSource {
  const text = readBytes(bytes);
  const { items, block } = readLines(text);
  if (block.length === 0)
    throw new SopsError("NO_METADATA", "the file has no sops metadata: no key starts with sops_", {
      hint: "it is not encrypted, or was cut off: enc encrypt FILE encrypts it",
    });
  return {
    text,
    tree: treeOf(items),
    metadata: unflatten(block.map(({ name, value }) => [name, value] as const)),
    styleOf: () => undefined,
    withBlock: (metadata, edits = []) => writeBytes(withBlock(text, block, metadata, edits)),
    open: (sites, presentation) => open(text, { items, block }, sites, presentation),
  };
}

/** Where its first line stands. */
function withBlock(text: string, block: Lines["block"], metadata: MapNode, edits: readonly Edit[]): string {
  const lines = block.map(({ line }, i): Edit => ({ ...line, text: i === 0 ? emitBlock(metadata) : "" }));
  return applyEdits(text, [...edits, ...lines]);
}

function open(
  text: string,
  { items, block }: Lines,
  sites: ReadonlyMap<Site, Scalar | string>,
  presentation: Presentation,
): Uint8Array {
  const hints = new Map(presentation.leaves.map((hint) => [hint.at, hint.spelling]));
  const splicer = new Splicer(text);
  const lines = block.values();
  let next = lines.next().value;
  const cutBlock = (before: number): void => {
    for (; next !== undefined && next.line.start < before; next = lines.next().value)
      splicer.replace(next.line.start, next.line.end, "");
  };
  replaceSites(splicer, items, (site, at) => {
    cutBlock(site.span?.start ?? 0);
    const value = sites.get(site);
    return value === undefined ? undefined : plainText(value, hints.get(at));
  });
  cutBlock(text.length);
  const body = splicer.finish();
  return writeBytes(presentation.file === NO_FINAL_LF && body.endsWith("\n") ? body.slice(0, -1) : body);
}

function plainText(value: Scalar | string, hint: string | undefined): string {
  if (typeof value !== "string") return spellValue(value);
  if (hint !== undefined && lossyText(hint) === value) return hint;
  return rawText(value).replaceAll("\n", "\\n");
}
