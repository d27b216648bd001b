import { statSync } from "node:fs";
import { resolve } from "node:path";
import { SopsError } from "../core/base/errors.ts";
import { errnoOf, hintFor, reasonOf } from "./errno.ts";
import { refuseEmptyName } from "./empty-name.ts";
import { inFile } from "./in-file.ts";
import { readWhole } from "./read-file.ts";

/** All bytes of a file. At most `most` of them. Throws FILE_NOT_FOUND or CANNOT_READ, without a place: the caller knows the name it was given. */
export async function readInput(path: string, most?: number): Promise<Uint8Array> {
  try {
    return await readWhole(path, most);
  } catch (cause) {
    throw cannotRead(cause);
  }
}

/**
 * The same for a caller of the library, who may show the message and not the place: the name stands in both. Throws NO_FILE
 * for an empty name, too.
 */
export function readNamed(name: string): Promise<Uint8Array> {
  return inFile(name, async () => {
    refuseEmptyName(name);
    try {
      return await readInput(resolve(name));
    } catch (error) {
      if (!(error instanceof SopsError) || error.code !== "FILE_NOT_FOUND") throw error;
      const { code, hint, cause } = error;
      throw new SopsError(code, `there is no file ${name}`, { hint, cause });
    }
  });
}

/** As `readInput`, null where there is no such file. */
export async function readIfPresent(path: string): Promise<Uint8Array | null> {
  try {
    return await readWhole(path);
  } catch (cause) {
    if (errnoOf(cause) === "ENOENT") return null;
    throw cannotRead(cause);
  }
}

/** The same, null also for what is no regular file: reading a pipe that one is to write to waits for ever. */
export async function readIfRegular(path: string): Promise<Uint8Array | null> {
  try {
    return statSync(path).isFile() ? await readWhole(path) : null;
  } catch (cause) {
    if (errnoOf(cause) === "ENOENT") return null;
    throw cannotRead(cause);
  }
}

/** The error that a failure of the system is. */
export function cannotRead(cause: unknown): SopsError {
  if (errnoOf(cause) === "ENOENT")
    return new SopsError("FILE_NOT_FOUND", "there is no such file", {
      hint: "check the name and the folder",
      cause,
    });
  return new SopsError("CANNOT_READ", `cannot read the file: ${reasonOf(cause)}`, {
    hint: hintFor(cause, "check that it is a file and that you may read it"),
    cause,
  });
}
