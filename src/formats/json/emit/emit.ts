import { utf8 } from "../../../core/base/bytes.ts";
import { SopsError } from "../../../core/base/errors.ts";
import type { EmitOptions } from "../../../core/model/format.ts";
import { entry, map, type MapNode, type Node, type Tree } from "../../../core/model/tree.ts";
import { METADATA_KEY } from "./block.ts";
import { canonicalStyle, printNode } from "./print.ts";

/** The text that SOPS prints: the first document only, a final newline. Throws EMIT. */
export function emitJson(tree: Tree, options?: EmitOptions): Uint8Array {
  return utf8(`${printNode(tree.documents[0] ?? map([]), canonicalStyle(options))}\n`);
}

/** The same with the metadata block as last entry. Throws EMIT, and ALREADY_ENCRYPTED where the reserved key is taken. */
export function emitSealedJson(tree: Tree, metadata: MapNode, options?: EmitOptions): Uint8Array {
  const entries = tree.documents[0]?.entries ?? [];
  if (entries.some((item) => item.type === "entry" && item.key === METADATA_KEY))
    throw new SopsError("ALREADY_ENCRYPTED", `the data has a top-level key "${METADATA_KEY}"`, {
      hint: "rename it: sops keeps its metadata there",
      place: { path: `["${METADATA_KEY}"]` },
    });
  return emitJson({ documents: [map([...entries, entry(METADATA_KEY, metadata)])] }, options);
}

/** One node, without a final newline. Throws EMIT. */
export function emitJsonValue(node: Node, options?: EmitOptions): Uint8Array {
  return utf8(printNode(node, canonicalStyle(options)));
}
