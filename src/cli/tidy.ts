import { dirname, join } from "node:path";
import { followLinks } from "../node/follow-links.ts";
import { possibleLeftOvers } from "../node/left-over-names.ts";
import type { Io } from "./io.ts";

/** Folders that have been looked through: each once in a run. */
const seen = new WeakMap<Io, Set<string>>();

/** Removes what a run that was killed left beside the file at this absolute path, and says so. */
export async function tidyBeside(path: string, io: Io): Promise<void> {
  const folder = folderOf(path);
  const folders = seen.get(io) ?? new Set();
  seen.set(io, folders);
  if (folder === null || folders.has(folder)) return;
  folders.add(folder);
  const found = possibleLeftOvers(folder);
  if (found.length === 0) return;
  const { removedText, removeLeftOvers } = await import("../node/left-overs.ts");
  const names = removeLeftOvers(folder, found);
  if (names.length > 0) io.note(removedText(names.map((name) => join(folder, name))));
}

/** Null where links lead through what is closed to us: reading the file tells. */
function folderOf(path: string): string | null {
  try {
    return dirname(followLinks(path));
  } catch {
    return null;
  }
}
