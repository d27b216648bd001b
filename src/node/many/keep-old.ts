import { linkSync } from "node:fs";
import { type Beside, beside, writeNow } from "../replace.ts";
import type { Target } from "./target.ts";

/**
 * The old file once more, by a name beside: one rename brings it back as it was, with its owner, mode and times, and
 * needs no room on the disk. It is a hard link; where there are none (FAT, some file servers) a copy.
 */
export function keepOld({ path, bytes, stats }: Target): Beside {
  const kept = beside(path);
  try {
    if (!isLinked(path, kept.path)) writeNow(kept.path, bytes, { old: stats });
    return kept;
  } catch (error) {
    kept.discard();
    throw error;
  }
}

/** Why not is no matter: what keeps a copy from being made as well is told of by that. */
function isLinked(path: string, name: string): boolean {
  try {
    linkSync(path, name);
    return true;
  } catch {
    return false;
  }
}
