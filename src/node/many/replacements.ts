import { readFileSync, renameSync } from "node:fs";
import { dirname } from "node:path";
import { equalBytes } from "../../core/bytes.ts";
import { SopsError } from "../../core/errors.ts";
import { cannotWrite } from "../files.ts";
import { type Beside, beside, stage, syncFolder, writeNow } from "../replace.ts";
import { inPool } from "./pool.ts";
import { refuseChanged, refuseIrreplaceable, type Target } from "./target.ts";

/** How many files are worked on at a time: what waits is the disk, and the servers of keys. */
export const WIDTH = 16;

interface Replacement {
  readonly target: Target;
  readonly staged: Beside;
}

/**
 * Files that are replaced together or not at all. Each new file is written beside its target, on the disk and read back
 * before `commit` puts the first in its place; that is done in one go which no signal interrupts, and what cannot be
 * finished is taken back in the same go. A process that is killed in between leaves each file old or new.
 */
export class Replacements {
  readonly #ready: Replacement[] = [];

  get size(): number {
    return this.#ready.length;
  }

  /** Throws CANNOT_WRITE without a place. */
  async add(target: Target, bytes: Uint8Array): Promise<void> {
    refuseIrreplaceable(target);
    try {
      const staged = await stage(target.path, bytes, { old: target.stats });
      this.#ready.push({ target, staged });
      if (!equalBytes(readFileSync(staged.path), bytes))
        throw new SopsError("CANNOT_WRITE", "what was written reads back differently", {
          hint: "check the disk; the file is as it was",
        });
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
    try {
      replaceAll(all);
    } finally {
      await inPool([...new Set(all.map(({ target }) => dirname(target.path)))], WIDTH, syncFolder);
    }
  }
}

/** Synchronous, the way back with it: a signal that comes meanwhile ends the process after the last one. */
function replaceAll(all: readonly Replacement[]): void {
  let replaced = 0;
  let at: Target | undefined;
  try {
    for (const { target } of all) refuseChanged((at = target));
    for (const { target, staged } of all) {
      at = target;
      renameSync(staged.path, target.path);
      staged.done();
      replaced++;
    }
  } catch (cause) {
    const error = cannotWrite(at?.path ?? "", cause).at({ file: at?.name });
    throw takenBack(all, replaced, error);
  }
}

/** Puts the old bytes of the first `replaced` files back. Answers `error`, and what could not be done. */
function takenBack(all: readonly Replacement[], replaced: number, error: SopsError): SopsError {
  const left = discardAll(all.slice(replaced).map(({ staged }) => staged));
  const stuck = all.slice(0, replaced).flatMap(({ target }) => (isRestored(target) ? [] : [target.name]));
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
 * Written anew, and not kept by a second name until all are replaced: after `encrypt` that would be plain text, which a
 * `kill -9` in between left lying about.
 */
function isRestored({ path, bytes, stats }: Target): boolean {
  const old = beside(path);
  try {
    writeNow(old.path, bytes, { old: stats });
    renameSync(old.path, path);
    old.done();
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
