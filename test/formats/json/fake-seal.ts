import type { Format, Presentation, SealedText, Site } from "../../../src/core/model/format.ts";
import {
  entry,
  type Leaf,
  map,
  type MapNode,
  type Node,
  type Scalar,
  str,
} from "../../../src/core/model/tree.ts";

/** A small metadata block. */
export const BLOCK: MapNode = map([entry("mac", str("ENC[mac]")), entry("version", str("3.13.3"))]);

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
export const text = (of: Uint8Array): string => new TextDecoder("utf-8", { ignoreBOM: true }).decode(of);

/** The leaves of a JSON tree in document order. */
export function leavesOf(node: Node): Leaf[] {
  if (node.type === "leaf") return [node];
  if (node.type === "null") return [];
  const children =
    node.type === "map" ? node.entries.map((e) => (e.type === "entry" ? e.value : e)) : node.items;
  return children.flatMap((child) => (child.type === "comment" ? [] : leavesOf(child)));
}

export interface Sealed {
  readonly bytes: Uint8Array;
  readonly presentation: Presentation;
  readonly values: readonly Scalar[];
}

const isEmpty = (value: Scalar): boolean => value.kind === "str" && value.value === "";

/** Seals every leaf that is not empty, as the core does, with texts that only look like ciphertext. */
export function fakeSeal(format: Format, plain: Uint8Array, block: MapNode = BLOCK): Sealed {
  const source = format.parsePlain(plain);
  const leaves = source.tree.documents.flatMap(leavesOf);
  const sites = new Map<Site, SealedText>();
  leaves.forEach((leaf, i) => {
    if (!isEmpty(leaf.value)) sites.set(leaf, { text: `ENC[${String(i)}]` });
  });
  const draft = source.seal(sites);
  return {
    bytes: draft.finish(block),
    // Hints travel as JSON text.
    presentation: JSON.parse(JSON.stringify(draft.presentation)) as Presentation,
    values: leaves.map((leaf) => leaf.value),
  };
}

/** The inverse: the leaves of a sealed text get `values`, in document order. */
export function fakeOpen(
  format: Format,
  sealed: Uint8Array,
  presentation: Presentation,
  values: readonly Scalar[],
): Uint8Array {
  const source = format.parseSealed(sealed);
  const sites = new Map<Site, Scalar | string>();
  source.tree.documents.flatMap(leavesOf).forEach((leaf, i) => {
    const value = values[i];
    if (value !== undefined && !isEmpty(value)) sites.set(leaf, value);
  });
  return source.open(sites, presentation);
}

/** `open(seal(plain))`. */
export function roundTrip(format: Format, plain: Uint8Array): Uint8Array {
  const sealed = fakeSeal(format, plain);
  return fakeOpen(format, sealed.bytes, sealed.presentation, sealed.values);
}
