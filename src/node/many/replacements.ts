import { readFileSync, renameSync } from "node:fs";
import { dirname } from "node:path";
import { equalBytes } from "../../core/bytes.ts";
import { SopsError } from "../../core/errors.ts";
import { cannotWrite } from "../files.ts";
import { inFile } from "../in-file.ts";
import { replace, stage, type Staged, syncFolder } from "../replace.ts";
import { inPool } from "./pool.ts";
import { refuseChanged, refuseIrreplaceable, type Target } from "./target.ts";

/** How many files are worked on at a time: what waits is the disk, and the servers of keys. */
export const WIDTH = 16;

interface Replacement {
  readonly target: Target;
  readonly staged: Staged;
}

/**
 * Files that are replaced together or not at all. Each new file is written beside its target, on the disk and read back
 * before `commit` puts the first in its place; that is done in one go which no signal interrupts, and what cannot be
 * finished is taken back. A process that is killed in between leaves each file old or new.
 */
export class Replacements {
  readonly #ready: Replacement[] = [];

  get size(): number {
    return this.#ready.length;
  }

  /** Throws CANNOT_WRITE without a place. */
  async add(target: Target, bytes: Uint8Array): Promise<void> {
    await refuseIrreplaceable(target);
    try {
      const staged = await stage(target.path, bytes, { old: target.stats });
      this.#ready.push({ target, staged });
      if (!equalBytes(readFileSync(staged.beside), bytes))
        throw new SopsError("CANNOT_WRITE", "what was written reads back differently", {
          hint: "check the disk; the file is as it was",
        });
    } catch (cause) {
      throw await cannotWrite(target.path, cause);
    }
  }

  /** Takes everything back that `add` wrote. The files are as they were. */
  discard(): void {
    for (const { staged } of this.#ready) staged.discard();
    this.#ready.length = 0;
  }

  /** Puts every new file in its place. Throws CANNOT_WRITE, the files as they were; its place is the name of the one that failed. */
  async commit(): Promise<void> {
    const all = this.#ready.splice(0);
    try {
      await inPool(all, WIDTH, ({ target }) => inFile(target.name, () => refuseChanged(target)));
    } catch (error) {
      for (const { staged } of all) staged.discard();
      throw error;
    }
    const failed = renameAll(all);
    if (failed !== null) await takeBack(all, failed);
    await inPool([...new Set(all.map(({ target }) => dirname(target.path)))], WIDTH, syncFolder);
  }
}

interface Failed {
  readonly index: number;
  readonly cause: unknown;
}

/** Synchronous: a signal that comes meanwhile ends the process after the last one. */
function renameAll(all: readonly Replacement[]): Failed | null {
  for (const [index, { target, staged }] of all.entries()) {
    try {
      renameSync(staged.beside, target.path);
    } catch (cause) {
      return { index, cause };
    }
  }
  for (const { staged } of all) staged.done();
  return null;
}

/** Writes the old bytes of those that were replaced already. Always throws. */
async function takeBack(all: readonly Replacement[], { index, cause }: Failed): Promise<never> {
  const stuck: string[] = [];
  for (const { staged } of all.slice(index)) staged.discard();
  for (const { target, staged } of all.slice(0, index)) {
    staged.done();
    await replace(target.path, target.bytes, { old: target.stats }).catch(() => stuck.push(target.name));
  }
  const { name = "", path = "" } = all[index]?.target ?? {};
  const error = await cannotWrite(path, cause);
  const hint =
    stuck.length === 0
      ? error.hint
      : `these could not be taken back and have their new content: ${stuck.join(", ")}`;
  throw new SopsError(error.code, error.message, { hint, place: { file: name }, cause });
}
