import { tryFromUtf8, utf8 } from "../core/base/bytes.ts";
import { SopsError } from "../core/base/errors.ts";
import type { Format, PlainSource, SealedSource, SealedText, Site } from "../core/model/format.ts";
import { replaceSites } from "../core/model/tree-edit.ts";
import { entry, type Leaf, map, type Scalar, type Tree } from "../core/model/tree.ts";
import { jsonFormat } from "./json/index.ts";

/** The one key of a binary file's tree (format.md 7). */
const DATA_KEY = "data";

/** Any bytes at all, sealed as one value of a JSON file. */
export const binaryFormat: Format = {
  name: "binary",
  opaque: true,
  parsePlain,
  parseSealed,
  emit: bytesOf,
  emitSealed: (tree, metadata, options) => jsonFormat.emitSealed(tree, metadata, options),
  emitValue() {
    throw new SopsError("EMIT", "a binary file has no single values", {
      hint: 'its only key is ["data"]: decrypt the whole file, or choose another --output-type',
    });
  },
};

function parsePlain(bytes: Uint8Array): PlainSource {
  const text = tryFromUtf8(bytes);
  const value: Scalar = text === null ? { kind: "bytes", value: bytes } : { kind: "str", value: text };
  const data: Leaf = { type: "leaf", value };
  const tree: Tree = { documents: [map([entry(DATA_KEY, data)])] };
  return {
    tree,
    seal: (sites) => ({
      presentation: { leaves: [], file: "" },
      finish: (metadata) => jsonFormat.emitSealed(sealedTree(tree, data, sites), metadata),
    }),
  };
}

/** Unsealed, bytes that are not text would be lost in JSON: SOPS loses them, this refuses. */
function sealedTree(tree: Tree, data: Leaf, sites: ReadonlyMap<Site, SealedText>): Tree {
  if (!sites.has(data) && data.value.kind === "bytes")
    throw new SopsError(
      "ENCRYPT_VALUE",
      "the file's selector leaves binary data unencrypted, which JSON cannot hold",
      {
        hint: "encrypt the file anew, without a selector",
      },
    );
  return replaceSites(tree, sites);
}

function parseSealed(bytes: Uint8Array): SealedSource {
  const source = sealedJson(bytes);
  return { ...source, open: (sites) => bytesOf(replaceSites(source.tree, sites)) };
}

/** A file that is no JSON at all was never sealed, and its owner has not thought of JSON. */
function sealedJson(bytes: Uint8Array): SealedSource {
  try {
    return jsonFormat.parseSealed(bytes);
  } catch (error) {
    if (!(error instanceof SopsError) || error.code === "NO_METADATA") throw error;
    const hint =
      "an encrypted binary file is JSON: this one is not encrypted, is damaged, or needs --input-type";
    throw new SopsError(error.code, error.message, { hint, place: error.place, cause: error });
  }
}

/** The string under the first key `data`, in bytes. */
function bytesOf(tree: Tree): Uint8Array {
  if (tree.documents.length > 1) throw notBinary("there is more than one document");
  const found = tree.documents[0]?.entries.find((item) => item.type === "entry" && item.key === DATA_KEY);
  const node = found?.type === "entry" ? found.value : undefined;
  if (node === undefined) throw notBinary('there is no top-level key "data"');
  if (node.type === "leaf" && node.value.kind === "str") return utf8(node.value.value);
  if (node.type === "leaf" && node.value.kind === "bytes") return node.value.value;
  throw notBinary('the value of "data" is not a string');
}

function notBinary(message: string): SopsError {
  return new SopsError("EMIT", `cannot write this as a binary file: ${message}`, {
    hint: "give --output-type json, or the type that the file really has",
  });
}
