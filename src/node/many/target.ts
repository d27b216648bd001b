import { readFileSync, type Stats, statSync } from "node:fs";
import { SopsError } from "../../core/base/errors.ts";
import { cannotWrite, tryToOpen } from "../files.ts";
import { followLinks } from "../follow-links.ts";
import { cannotRead, readInput } from "../read-input.ts";
import { refuseChanged, type Seen, seenAt } from "../seen.ts";

/** A file that is to be replaced together with others, as it was when it was read. */
export class Target {
  /** As the user names it: the place in errors. */
  readonly name: string;
  /** Where links lead. */
  readonly path: string;
  readonly stats: Stats;
  /** Undefined: it is no regular file. */
  readonly seen: Seen | undefined;
  /** Null: let go, as many files share one memory. */
  held: Uint8Array | null;

  constructor(name: string, path: string, stats: Stats, seen: Seen | undefined, bytes: Uint8Array) {
    this.name = name;
    this.path = path;
    this.stats = stats;
    this.seen = seen;
    this.held = bytes;
  }

  /** What it held. Throws CANNOT_WRITE without a place where it is read once more and has changed. */
  bytes(): Uint8Array {
    if (this.held !== null) return this.held;
    refuseChanged(this.path, this.seen);
    return readFileSync(this.path);
  }
}

/** Reads the file at an absolute path. Throws FILE_NOT_FOUND and CANNOT_READ without a place. */
export async function readTarget(file: string, name: string): Promise<Target> {
  try {
    const path = followLinks(file);
    // Before its bytes, so that a change in between is seen as one.
    const [stats, seen] = [statSync(path), seenAt(path)];
    return new Target(name, path, stats, seen, await readInput(path));
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
