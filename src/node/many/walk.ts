import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { SopsError } from "../../core/base/errors.ts";
import { reasonOf } from "../errno.ts";
import { refuseLostNames } from "../lost-bytes.ts";
import { isOurs } from "../left-overs.ts";
import { lookAt } from "./look-at.ts";

/** Folders in which nobody keeps secrets of their own. */
const SKIPPED_FOLDERS: ReadonlySet<string> = new Set([".git", "node_modules"]);
/** Configs say how files are sealed, and are never sealed themselves. */
const SKIPPED_FILES: ReadonlySet<string> = new Set([".sops.yaml", ".sops-ts.yaml"]);

export interface Folder {
  /** Names, sorted. Links to files are files. */
  readonly files: readonly string[];
  /** Links to folders are left out: they can go in circles, and lead out of the tree. */
  readonly folders: readonly string[];
  /** What a run that was killed may have left beside a file. */
  readonly leftOvers: readonly string[];
}

/** What stands in one folder. Throws CANNOT_READ with the folder as the place. */
export async function readFolder(folder: string): Promise<Folder> {
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    throw new SopsError("CANNOT_READ", `cannot read the folder: ${reasonOf(cause)}`, {
      hint: "check that you may read it, or name the files in place of the folder",
      place: { file: folder },
    });
  }
  await refuseLostNames(
    folder,
    entries.map(({ name }) => name),
  );
  const names = (wanted: (entry: Dirent) => boolean): string[] =>
    entries
      .filter(wanted)
      .map(({ name }) => name)
      .sort();
  return {
    files: names((entry) => isFile(entry, folder) && !isSkipped(entry.name)),
    folders: names((entry) => entry.isDirectory() && !SKIPPED_FOLDERS.has(entry.name)),
    leftOvers: names((entry) => isOurs(entry.name)),
  };
}

const isSkipped = (name: string): boolean => SKIPPED_FILES.has(name) || isOurs(name);

function isFile(entry: Dirent, folder: string): boolean {
  if (!entry.isSymbolicLink()) return entry.isFile();
  return lookAt(join(folder, entry.name))?.isFile() === true;
}
