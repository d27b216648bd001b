import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { open } from "node:fs/promises";
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
 * change where they stand, the length last, and a failure (a full disk) puts the old bytes back. All of it at once, so that
 * a signal ends us before or after. A process that is killed (`kill -9`) meanwhile leaves a file that is partly old.
 */
export function overwrite(path: string, bytes: Uint8Array): void {
  const fd = openSync(path, "r+");
  try {
    const old = readFileSync(fd);
    try {
      fill(fd, bytes);
      refuseDifferent(readFileSync(path), bytes);
    } catch (error) {
      fill(fd, old);
      throw error;
    }
  } finally {
    closeSync(fd);
  }
}

function fill(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at, bytes.length - at, at);
  ftruncateSync(fd, bytes.length);
  fsyncSync(fd);
}
