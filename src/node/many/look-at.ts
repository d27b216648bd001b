import { type Stats, statSync } from "node:fs";

/**
 * What stands at a path, its links followed; undefined for nothing, and for what we may not look at or is no path: what
 * is wrong with that (a closed folder, links in a circle, a name that is too long) is told by whoever reads the file.
 */
export function lookAt(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
