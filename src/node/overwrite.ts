import { readFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { refuseDifferent } from "./replace.ts";

/** Writes to a device or a pipe, which has no old bytes to keep. */
export async function writeThrough(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "w");
  try {
    await file.writeFile(bytes);
  } finally {
    await file.close();
  }
}

/**
 * Overwrites a regular file in place, for one that has other names (hard links) or is a mount point. It is never truncated first: the bytes
 * change where they stand, the length last, and a failure (a full disk) puts the old bytes back. A process that is killed
 * meanwhile leaves a file that is partly old.
 */
export async function overwrite(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "r+");
  try {
    const old = await file.readFile();
    try {
      await fill(file, bytes);
      refuseDifferent(readFileSync(path), bytes);
    } catch (error) {
      await fill(file, old);
      throw error;
    }
  } finally {
    await file.close();
  }
}

async function fill(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at, at);
    at += bytesWritten;
  }
  await file.truncate(bytes.length);
  await file.sync();
}
