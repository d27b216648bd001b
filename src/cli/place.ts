import { statSync } from "node:fs";
import { resolve } from "node:path";
import { errnoOf } from "../node/errno.ts";
import { inFile } from "../node/in-file.ts";
import { cannotRead, readInput } from "../node/read-input.ts";
import type { Io } from "./io.ts";
import { tidyBeside } from "./tidy.ts";

/** Names `file` as the place of whatever fails in `work`. Undefined: stdin. */
export function inInput<T>(file: string | undefined, work: () => Promise<T>): Promise<T> {
  return inFile(file ?? "stdin", work);
}

/** Reads a file by the name that the user gave, at most `most` bytes, and tidies up beside it; undefined: stdin. */
export async function read(file: string | undefined, io: Io, most?: number): Promise<Uint8Array> {
  if (file === undefined) return io.readStdin();
  const path = resolve(io.cwd, file);
  await tidyBeside(path, io);
  return readInput(path, most);
}

/** Throws FILE_NOT_FOUND, as reading it would, before the decryption order is looked at: so sops does in decrypt. */
export function refuseMissing(file: string, io: Io): void {
  try {
    statSync(resolve(io.cwd, file));
  } catch (error) {
    if (errnoOf(error) === "ENOENT") throw cannotRead(error).at({ file });
  }
}
