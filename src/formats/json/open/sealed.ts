import { SopsError } from "../../../core/base/errors.ts";
import { utf8 } from "../../../core/base/bytes.ts";
import type { Presentation, SealedSource, Site } from "../../../core/model/format.ts";
import type { Entry, MapNode, Scalar, Tree } from "../../../core/model/tree.ts";
import { replaceSites } from "../../../core/model/tree-edit.ts";
import { applyEdits, type Edit } from "../../edits.ts";
import { METADATA_KEY, replaceBlock } from "../emit/block.ts";
import { emitJson } from "../emit/emit.ts";
import { itemsOf, removalSpan, spanOf } from "../parse/items.ts";
import { forEachLeaf } from "../hints/numbering.ts";
import { parseJson, type ParsedJson } from "../parse/parse.ts";
import { notFinite } from "../emit/print.ts";
import { placeOf } from "../parse/scanner.ts";
import { canonicalScalar, spellByHint } from "../hints/spelling.ts";

/** A sealed JSON text, parsed; the block may stand anywhere at the top level. Throws NO_METADATA and BAD_METADATA. */
export function parseSealedJson(bytes: Uint8Array): SealedSource {
  const json = parseJson(bytes);
  const metadata = metadataOf(json);
  const entries = json.root.entries.filter((item) => item.type === "comment" || item.key !== METADATA_KEY);
  const tree: Tree = { documents: [{ ...json.root, entries }] };
  return {
    text: json.text,
    tree,
    metadata,
    styleOf: () => undefined,
    withBlock: (block, edits = []) => utf8(applyEdits(json.text, [...edits, replaceBlock(json, block)])),
    open: (sites, presentation) => open(json, tree, sites, presentation),
  };
}

function metadataOf({ text, root }: ParsedJson): MapNode {
  const [block, second] = root.entries.filter(
    (e): e is Entry => e.type === "entry" && e.key === METADATA_KEY,
  );
  if (block === undefined)
    throw new SopsError("NO_METADATA", `the file has no "${METADATA_KEY}" block, it is not encrypted`, {
      hint: "encrypt it with enc encrypt, or check --input-type",
    });
  const bad = (message: string, entry: Entry): SopsError =>
    new SopsError("BAD_METADATA", message, {
      hint: "restore the file from git",
      place: { ...placeOf(text, entry.keySpan?.start ?? 0), path: `["${METADATA_KEY}"]` },
    });
  if (second !== undefined) throw bad(`the file has more than one "${METADATA_KEY}" block`, second);
  if (block.value.type !== "map") throw bad(`the "${METADATA_KEY}" entry is not an object`, block);
  return block.value;
}

function open(
  json: ParsedJson,
  tree: Tree,
  sites: ReadonlyMap<Site, Scalar | string>,
  presentation: Presentation,
): Uint8Array {
  // JSON has no comments, so no JSON text was sealed into one: another format's tree, no layout to give back.
  for (const value of sites.values())
    if (typeof value === "string") return emitJson(replaceSites(tree, sites));
  // The block stands last in a file that was written here, but people may have moved it.
  return utf8(
    applyEdits(json.text, [...valueEdits(tree, sites, presentation), cutBlock(json, presentation)]),
  );
}

function valueEdits(
  tree: Tree,
  sites: ReadonlyMap<Site, Scalar | string>,
  presentation: Presentation,
): Edit[] {
  const hints = new Map(presentation.leaves.map((hint) => [hint.at, hint.spelling]));
  const edits: Edit[] = [];
  for (const root of tree.documents)
    forEachLeaf(root, (leaf, at) => {
      const value = sites.get(leaf);
      if (value === undefined || typeof value === "string") return;
      const hint = hints.get(at);
      const { start, end } = spanOf(leaf);
      edits.push({ start, end, text: spell(value, hint) });
    });
  return edits;
}

function spell(value: Scalar, hint: string | undefined): string {
  const hinted = hint === undefined ? null : spellByHint(hint, value);
  const text = hinted ?? canonicalScalar(value);
  if (text === null) throw notFinite();
  return text;
}

/** The edit that takes the block out again, and gives an empty object its inside back. */
function cutBlock({ root }: ParsedJson, presentation: Presentation): Edit {
  const items = itemsOf(root);
  const index = items.findIndex((item) => item.type === "entry" && item.key === METADATA_KEY);
  return { ...removalSpan(root, index), text: items.length === 1 ? presentation.file : "" };
}
