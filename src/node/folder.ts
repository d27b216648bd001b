import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { SopsError } from "../core/errors.ts";
import { errnoOf, reasonOf } from "./errno.ts";

/** Is there a folder at this path, or a file? Null: nothing. Throws CANNOT_READ. */
export async function kindOf(path: string): Promise<"folder" | "file" | null> {
  try {
    return (await stat(path)).isDirectory() ? "folder" : "file";
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ENOTDIR") return null;
    throw new SopsError("CANNOT_READ", `cannot look at the file: ${reasonOf(error)}`, {
      hint: "check that you may read its folder",
    });
  }
}

/** What git keeps in a work tree is not for anybody else. */
const NOT_WALKED = new Set([".git"]);

/**
 * The files in a folder and below, sorted, as paths from it with `/` on every platform. A link to a file is one; a link
 * to a folder is not walked into, it can go in circles. Throws CANNOT_READ.
 */
export async function filesIn(folder: string, prefix = ""): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of await entriesOf(folder)) {
    const name = prefix + entry.name;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!NOT_WALKED.has(entry.name)) found.push(...(await filesIn(path, `${name}/`)));
    } else if (entry.isFile() || (entry.isSymbolicLink() && (await kindOf(path)) === "file"))
      found.push(name);
  }
  return found;
}

async function entriesOf(folder: string): Promise<Awaited<ReturnType<typeof readSorted>>> {
  try {
    return await readSorted(folder);
  } catch (cause) {
    throw new SopsError("CANNOT_READ", `cannot read the folder: ${reasonOf(cause)}`, {
      hint: "check that you may read it",
      place: { file: folder },
    });
  }
}

async function readSorted(folder: string) {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}
