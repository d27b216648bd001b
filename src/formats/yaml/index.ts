import { equalBytes, utf8 } from "../../core/base/bytes.ts";
import { SopsError } from "../../core/base/errors.ts";
import type { EmitOptions, Format, PlainSource, SealedSource, Site } from "../../core/model/format.ts";
import { replaceSites } from "../../core/model/tree-edit.ts";
import { entry, type MapNode, type Scalar, type Tree } from "../../core/model/tree.ts";
import type { Composed } from "./compose/compose.ts";
import { setInText } from "./edit/set-text.ts";
import { unsetInText } from "./edit/unset-text.ts";
import { DEFAULT_INDENT, emitDocuments, Emitter } from "./emit/emitter.ts";
import { encodeYaml, encodingOf } from "./parse/encoding.ts";
import { openYaml } from "./open/open-text.ts";
import { placeOf } from "./parse/line-column.ts";
import { replaceBlocks } from "./seal/replace-block.ts";
import { readAnyKeys, readYaml } from "./compose/read.ts";
import { sealYaml } from "./seal/seal-text.ts";
import { styleCode } from "./hints/spelling.ts";

const RESERVED = "sops";

/** YAML as SOPS reads and writes it through go-yaml v3 (format.md 6). */
export const yamlFormat: Format = {
  name: "yaml",
  parsePlain,
  parseSealed,
  emit,
  isCanonical: (tree, text, options = {}) =>
    startsCanonical(tree, text, options) && equalBytes(emit(tree, options), text),
  emitSealed: (tree, metadata, options = {}) => {
    const documents = plainDocuments(tree).map((d) => ({
      ...d,
      entries: [...d.entries, entry(RESERVED, metadata)],
    }));
    return utf8(emitDocuments(documents, options));
  },
  emitValue: (node) => {
    const emitter = new Emitter(DEFAULT_INDENT);
    emitter.document(node, true);
    return utf8(emitter.text);
  },
};

function emit(tree: Tree, options: EmitOptions = {}): Uint8Array {
  return utf8(emitDocuments(plainDocuments(tree), options));
}

/** Values whose text is compared before all are emitted. */
const FIRST = 8;

/** Most texts that are not as SOPS prints them differ from the first lines on: by their indentation, a quote, a blank line. */
function startsCanonical(tree: Tree, text: Uint8Array, options: EmitOptions): boolean {
  const [document] = tree.documents;
  const end = 1 + (document?.entries.findIndex((e, i) => i >= FIRST && e.type === "entry") ?? -1);
  if (document === undefined || end === 0) return true;
  const head = emit({ documents: [{ ...document, entries: document.entries.slice(0, end) }] }, options);
  return equalBytes(head, text.subarray(0, head.length));
}

/** Throws EMIT where a document holds the reserved key, as SOPS does (format.md 5.4). */
function plainDocuments(tree: Tree): readonly MapNode[] {
  for (const document of tree.documents)
    if (document.entries.some((e) => e.type === "entry" && e.key === RESERVED))
      throw new SopsError("EMIT", "the data has a top-level key named sops, which is reserved for metadata", {
        hint: "rename the key",
      });
  return tree.documents;
}

function parsePlain(bytes: Uint8Array): PlainSource {
  const source = readAnyKeys(bytes);
  const encoding = encodingOf(bytes);
  const encode = (text: string | null): Uint8Array | null =>
    text === null ? null : encodeYaml(text, encoding);
  for (const document of source.tree.documents) {
    const found = document.entries.find((e) => e.type === "entry" && e.key === RESERVED);
    if (found?.type !== "entry") continue;
    throw new SopsError(
      "ALREADY_ENCRYPTED",
      "the file has a top-level key named sops: it is encrypted already",
      {
        hint: "use enc edit or enc set to change it, or rename the key if it is data",
        place: placeOf(source.stream.text, found.keySpan?.start ?? 0),
      },
    );
  }
  if (source.badKey !== null) throw source.badKey;
  return {
    tree: source.tree,
    seal: (sites) => sealYaml(source, sites, encoding),
    set: (path, value) => encode(setInText(source, path, value)),
    unset: (path) => encode(unsetInText(source, path)),
  };
}

function parseSealed(bytes: Uint8Array): SealedSource {
  const whole = readSealedYaml(bytes);
  const metadata = takeMetadata(whole);
  const tree = withoutMetadata(whole.tree);
  tree.documents.forEach((document, i) => {
    const root = whole.stream.documents[i]?.root;
    if (root !== undefined) whole.written.set(document, root);
  });
  const sealed: Composed = { ...whole, tree };
  return {
    text: whole.stream.text,
    tree,
    metadata,
    styleOf(site) {
      const node = site.type === "leaf" ? whole.written.get(site) : undefined;
      return node?.kind === "scalar" ? styleCode(node, whole.stream.text) : undefined;
    },
    withBlock: (block, edits = []) => utf8(replaceBlocks(whole.stream, block, edits)),
    open(sites, presentation) {
      // A sealed comment that stands as a list item cannot be spliced: such a file came from SOPS, without hints.
      return hasCommentItem(sites)
        ? yamlFormat.emit(replaceSites(tree, sites))
        : openYaml(sealed, sites, presentation);
    },
  };
}

function hasCommentItem(sites: ReadonlyMap<Site, Scalar | string>): boolean {
  for (const [site, value] of sites) if (site.type === "leaf" && typeof value === "string") return true;
  return false;
}

/** To SOPS an empty file is one without metadata, not one that cannot be read. */
function readSealedYaml(bytes: Uint8Array): Composed {
  try {
    return readYaml(bytes);
  } catch (error) {
    if (error instanceof SopsError && error.code === "NO_DOCUMENT") throw noMetadata();
    throw error;
  }
}

function noMetadata(): SopsError {
  return new SopsError("NO_METADATA", "the file is not encrypted: it has no sops metadata", {
    hint: "encrypt it with enc encrypt",
  });
}

/** The first document's block; SOPS ignores those of the others. */
function takeMetadata(whole: Composed): MapNode {
  const found = whole.tree.documents[0]?.entries.find((e) => e.type === "entry" && e.key === RESERVED);
  if (found?.type !== "entry") throw noMetadata();
  if (found.value.type !== "map")
    throw new SopsError("BAD_METADATA", "the sops key does not hold a map", {
      hint: "restore the file from git",
      place: placeOf(whole.stream.text, found.keySpan?.start ?? 0),
    });
  return found.value;
}

function withoutMetadata(tree: Tree): Tree {
  return {
    documents: tree.documents.map((document) => ({
      ...document,
      entries: document.entries.filter((e) => e.type === "comment" || e.key !== RESERVED),
    })),
  };
}
