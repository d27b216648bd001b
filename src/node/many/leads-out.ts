import { realpathSync } from "node:fs";
import { sep } from "node:path";

/** What a path really is, all links followed. What cannot be looked at is told of by whoever reads it. */
export function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/**
 * Tells of real paths whether they are outside of every one of these folders. Whoever made a folder chose its links: in
 * one that comes from others they could lead to any file of the user's, which nobody has named.
 */
export function outsideOf(folders: readonly string[]): (real: string) => boolean {
  const tops = folders.map(realOf).map((top) => (top.endsWith(sep) ? top : top + sep));
  return (real) => !tops.some((top) => real.startsWith(top));
}
