import type { Metadata } from "./metadata-model.ts";
import type { MapNode } from "../model/tree.ts";

/** How metadata becomes the block of a file and is read from it: bound to the providers' field lists by the caller. */
export interface BlockCodec {
  write(metadata: Metadata): MapNode;
  /** Throws BAD_METADATA and NO_KEYS. */
  read(block: MapNode): Metadata;
}
