import { readFileSync, statSync } from "node:fs";
import { ownBytes } from "../core/realm.ts";

/**
 * All bytes of a file. A regular one is read at once: the threads and streams behind `node:fs/promises` take longer to
 * start than all of the reading. What may keep its reader waiting, a pipe or a terminal, is waited for.
 */
export async function readWhole(path: string): Promise<Uint8Array> {
  if (statSync(path).isFile()) return ownBytes(readFileSync(path));
  const { readFile } = await import("node:fs/promises");
  return ownBytes(await readFile(path));
}
