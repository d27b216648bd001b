import type { Metadata } from "./metadata-model.ts";
import type { MapNode } from "./tree.ts";

/** How metadata becomes the block of a file and is read from it: bound to the providers' field lists by the caller. */
export interface BlockCodec {
  write(metadata: Metadata): MapNode;
  /** Throws BAD_METADATA and NO_KEYS. */
  read(block: MapNode): Metadata;
}

/** Do both say the same? Each key counts, whatever its kind: one that the codec cannot write would be lost. */
export function sameMetadata(a: Metadata, b: Metadata, block: BlockCodec): boolean {
  return textOf(a, block) === textOf(b, block);
}

function textOf(metadata: Metadata, block: BlockCodec): string {
  const types = metadata.groups.map(({ keys }) => keys.map(({ type }) => type));
  return JSON.stringify([types.map((group) => [...group].sort()), block.write(metadata)], bigints);
}

const bigints = (_: string, value: unknown): unknown => (typeof value === "bigint" ? String(value) : value);
