import { linkSync } from "node:fs";
import { dirname } from "node:path";
import { SopsError } from "../../core/base/errors.ts";
import { cannotWrite } from "../files.ts";
import { withFolderLocks } from "../folder-lock.ts";
import { type Beside, beside, placeOver, stage, syncFolder, type Warn, writeNow } from "../replace.ts";
import { refuseChanged } from "../seen.ts";
import { inPool } from "./pool.ts";
import { refuseIrreplaceable, type Target } from "./target.ts";

/** How many files are worked on at a time: what waits is the disk, and the servers of keys. */
export const WIDTH = 16;

interface Replacement {
  readonly target: Target;
  readonly staged: Beside;
}

/** A file that has its new content, and its old content under a name of ours where the memory does not hold it. */
interface Replaced {
  readonly target: Target;
  readonly old: Beside | null;
}

/**
 * Files that are replaced together or not at all. Each new file is written beside its target, on the disk and read back
 * before `commit` puts the first in its place; that is done in one go which no signal interrupts, and what cannot be
 * finished is taken back in the same go. A process that is killed in between leaves each file old or new.
 */
export class Replacements {
  readonly #ready: Replacement[] = [];
  readonly #warn: (name: string, message: string) => void;

  /** `warn` is told what a new file could not keep of the old one. */
  constructor(warn: (name: string, message: string) => void) {
    this.#warn = warn;
  }

  get size(): number {
    return this.#ready.length;
  }

  /** Throws CANNOT_WRITE without a place. */
  async add(target: Target, bytes: Uint8Array): Promise<void> {
    refuseIrreplaceable(target);
    const warn: Warn = (message) => {
      this.#warn(target.name, message);
    };
    try {
      this.#ready.push({ target, staged: await stage(target.path, bytes, { old: target.stats }, warn) });
    } catch (cause) {
      throw cannotWrite(target.path, cause);
    }
  }

  /** Takes everything back that `add` wrote. The files are as they were. */
  discard(): void {
    discardAll(this.#ready.splice(0).map(({ staged }) => staged));
  }

  /** Puts every new file in its place. Throws CANNOT_WRITE, the files as they were; its place is the name of the one that failed. */
  async commit(): Promise<void> {
    const all = this.#ready.splice(0);
    const folders = [...new Set(all.map(({ target }) => dirname(target.path)))];
    try {
      await withFolderLocks(folders, () => {
        replaceAll(all);
      });
    } catch (error) {
      discardAll(all.map(({ staged }) => staged));
      // Where the folder is somebody else's for now, none of them has failed by itself.
      throw error instanceof SopsError ? error.at({ file: all[0]?.target.name }) : error;
    } finally {
      await inPool(folders, WIDTH, syncFolder);
    }
  }
}

/** Synchronous, the way back with it: a signal that comes meanwhile ends the process after the last one. */
function replaceAll(all: readonly Replacement[]): void {
  const done: Replaced[] = [];
  let at: Target | undefined;
  try {
    for (const { target } of all) refuseChanged((at = target).path, target.seen);
    for (const { target, staged } of all) {
      at = target;
      done.push(place(target, staged));
    }
  } catch (cause) {
    const error = cannotWrite(at?.path ?? "", cause).at({ file: at?.name });
    throw takenBack(all, done, error);
  }
  discardAll(done.flatMap(({ old }) => old ?? []));
}

/** What the memory does not hold keeps a second name of ours until all are in place. */
function place(target: Target, staged: Beside): Replaced {
  const old = target.held === null ? beside(target.path) : null;
  try {
    if (old !== null) linkSync(target.path, old.path);
    placeOver(staged, target.path);
  } catch (error) {
    old?.discard();
    throw error;
  }
  return { target, old };
}

/** Puts the old bytes back. Answers `error`, and what could not be done. */
function takenBack(all: readonly Replacement[], done: readonly Replaced[], error: SopsError): SopsError {
  const left = discardAll(all.map(({ staged }) => staged));
  const stuck = done.flatMap((replaced) => (isRestored(replaced) ? [] : [replaced.target.name]));
  const hints = [
    ...(stuck.length > 0
      ? [`these could not be taken back and have their new content: ${stuck.join(", ")}`]
      : []),
    ...(left.length > 0 ? [`these could not be removed: ${left.join(", ")}`] : []),
  ];
  if (hints.length === 0) return error;
  return new SopsError(error.code, error.message, { hint: hints.join("\n"), place: error.place });
}

/**
 * Written anew where the memory holds it, and not kept by a second name: after `encrypt` that would be plain text, which
 * a `kill -9` in between left lying about until the next command.
 */
function isRestored({ target, old: kept }: Replaced): boolean {
  const { path, held, stats } = target;
  const old = kept ?? beside(path);
  try {
    if (held !== null) writeNow(old.path, held, stats, path);
    placeOver(old, path);
    return true;
  } catch {
    discardAll([old]);
    return false;
  }
}

/** Answers the paths of those that could not be removed. */
function discardAll(files: readonly Beside[]): readonly string[] {
  return files.flatMap((file) => {
    try {
      file.discard();
      return [];
    } catch {
      file.done();
      return [file.path];
    }
  });
}
