import { dirname, join } from "node:path";
import { followLinks } from "../node/follow-links.ts";
import { leftText, removedText, removeLeftOvers } from "../node/left-overs.ts";
import type { LeftOvers } from "../node/many/select.ts";
import type { Io } from "./io.ts";
import { noteText } from "./ui.ts";

/** Folders that have been looked through: each once in a run. */
const seen = new WeakMap<Io, Set<string>>();

/** Removes what a run that was killed left beside the file at this absolute path, and says so. */
export function tidyBeside(path: string, io: Io): void {
  const folder = folderOf(path);
  const folders = seen.get(io) ?? new Set();
  seen.set(io, folders);
  if (folder === null || folders.has(folder)) return;
  folders.add(folder);
  const names = removeLeftOvers(folder);
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

/** What was found in folders. */
export function tellLeftOvers({ removed, left }: LeftOvers, io: Io): void {
  if (removed.length > 0) io.writeErr(noteText(removedText(removed)));
  if (left.length > 0) io.writeErr(noteText(leftText(left)));
}
