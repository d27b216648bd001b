import { type Stats, statSync } from "node:fs";
import { SopsError } from "../../core/errors.ts";
import { cannotWrite, changedMeanwhile, followLinks, tryToOpen } from "../files.ts";
import { cannotRead, readInput } from "../read-input.ts";
import { lookAt } from "./look-at.ts";

/** A file that is to be replaced together with others, as it was when it was read. */
export interface Target {
  /** As the user names it: the place in errors. */
  readonly name: string;
  /** Where links lead. */
  readonly path: string;
  readonly stats: Stats;
  readonly bytes: Uint8Array;
}

/** Reads the file at an absolute path. Throws FILE_NOT_FOUND and CANNOT_READ without a place. */
export async function readTarget(file: string, name: string): Promise<Target> {
  try {
    const path = followLinks(file);
    // Before its bytes, so that a change in between is seen as one.
    const stats = statSync(path);
    return { name, path, stats, bytes: await readInput(path) };
  } catch (cause) {
    throw cause instanceof SopsError ? cause : cannotRead(cause);
  }
}

/**
 * Throws CANNOT_WRITE for what cannot be replaced: what is read-only, is no regular file, or has other names. A hard link
 * keeps its bytes only by being overwritten, which a crash can tear.
 */
export function refuseIrreplaceable({ path, stats }: Target): void {
  if (!stats.isFile()) throw alone("it is no regular file");
  if (stats.nlink > 1) throw alone("it has other names (hard links)");
  try {
    tryToOpen(path);
  } catch (cause) {
    throw cannotWrite(path, cause);
  }
}

function alone(why: string): SopsError {
  return new SopsError("CANNOT_WRITE", `the file cannot be replaced together with others: ${why}`, {
    hint: "run the command for this file alone, without a folder or other files",
  });
}

/** Throws CANNOT_WRITE where someone else has written to the file, or put another in its place, since it was read. */
export function refuseChanged({ path, stats }: Target): void {
  if (!isSame(stats, lookAt(path))) throw changedMeanwhile();
}

function isSame(then: Stats, now: Stats | undefined): boolean {
  return (
    now?.isFile() === true && now.ino === then.ino && now.size === then.size && now.mtimeMs === then.mtimeMs
  );
}
