import { utf8 } from "../../../core/base/bytes.ts";
import { SopsError } from "../../../core/base/errors.ts";
import type { Hint, PlainSource, SealedDraft, SealedText, Site } from "../../../core/model/format.ts";
import type { MapNode, Tree } from "../../../core/model/tree.ts";
import { applyEdits, type Edit } from "../../edits.ts";
import { METADATA_KEY, insertBlock } from "../emit/block.ts";
import { setInText, unsetInText } from "../edit/edit.ts";
import { spanOf } from "../parse/items.ts";
import { forEachLeaf } from "../hints/numbering.ts";
import { parseJson, type ParsedJson } from "../parse/parse.ts";
import { placeOf } from "../parse/scanner.ts";
import { hintFor } from "../hints/spelling.ts";

/** A plain JSON text, parsed. Throws ALREADY_ENCRYPTED where it has the metadata key (format.md 5.4). */
export function parsePlainJson(bytes: Uint8Array): PlainSource {
  const json = parseJson(bytes);
  refuseMetadataKey(json);
  const tree: Tree = { documents: [json.root] };
  const encoded = (text: string | null): Uint8Array | null => (text === null ? null : utf8(text));
  return {
    tree,
    seal: (sites) => seal(json, sites),
    set: (path, value) => encoded(setInText(json, path, value)),
    unset: (path) => encoded(unsetInText(json, path)),
  };
}

function refuseMetadataKey({ text, root }: ParsedJson): void {
  for (const item of root.entries) {
    if (item.type === "comment" || item.key !== METADATA_KEY) continue;
    throw new SopsError(
      "ALREADY_ENCRYPTED",
      `the file has a top-level key "${METADATA_KEY}", it is already encrypted`,
      {
        hint: `decrypt it first, or rename the key: sops keeps its metadata under "${METADATA_KEY}"`,
        place: { ...placeOf(text, item.keySpan?.start ?? 0), path: `["${METADATA_KEY}"]` },
      },
    );
  }
}

/** Each ENC text between the quotes that its value had, or between new ones. */
function seal(json: ParsedJson, sites: ReadonlyMap<Site, SealedText>): SealedDraft {
  const { text, root } = json;
  const edits: Edit[] = [];
  const leaves: Hint[] = [];
  forEachLeaf(root, (leaf, at) => {
    const sealed = sites.get(leaf);
    if (sealed === undefined) return;
    const span = spanOf(leaf);
    edits.push({ start: span.start, end: span.end, text: `"${sealed.text}"` });
    const hint = hintFor(text.slice(span.start, span.end), leaf.value);
    if (hint !== null) leaves.push({ at, spelling: hint });
  });
  return {
    presentation: { leaves, file: insideOfEmpty(json) },
    finish: (metadata: MapNode) => utf8(applyEdits(text, [...edits, insertBlock(json, metadata)])),
  };
}

/** The only text that the block replaces: what stands between the brackets of an empty object. */
function insideOfEmpty({ text, root }: ParsedJson): string {
  const { start, end } = spanOf(root);
  return root.entries.length > 0 ? "" : text.slice(start + 1, end - 1);
}
