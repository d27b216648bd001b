import { stat } from "node:fs/promises";
import { join } from "node:path";
import { SopsError } from "../core/base/errors.ts";
import { errnoOf, reasonOf } from "./errno.ts";
import { readFolder } from "./many/walk.ts";

/** Is there a folder at this path, or a file? Throws FILE_NOT_FOUND and CANNOT_READ. */
export async function kindOf(path: string): Promise<"folder" | "file"> {
  try {
    return (await stat(path)).isDirectory() ? "folder" : "file";
  } catch (error) {
    if (errnoOf(error) === "ENOENT")
      throw new SopsError("FILE_NOT_FOUND", "there is no such file", {
        hint: "check the name and the folder",
      });
    throw new SopsError("CANNOT_READ", `cannot look at the file: ${reasonOf(error)}`, {
      hint: "check that you may read its folder",
    });
  }
}

/**
 * The files in a folder and below that can be secrets, as paths from it with `/` on every platform. Unlike `selectFiles`
 * by each of their names: a copy is made for each. Throws CANNOT_READ.
 */
export async function filesIn(folder: string, prefix = ""): Promise<readonly string[]> {
  const { files, folders } = await readFolder(folder);
  const found = files.map((name) => prefix + name);
  for (const name of folders) found.push(...(await filesIn(join(folder, name), `${prefix}${name}/`)));
  return found;
}
