import { closeSync, openSync, type Stats, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { SopsError } from "../core/base/errors.ts";
import { errnoOf, hintFor, reasonOf } from "./errno.ts";
import { followLinks } from "./follow-links.ts";
import { withFolderLocks } from "./folder-lock.ts";
import { overwrite, writeThrough } from "./overwrite.ts";
import { placeNew, placeOver, type Replaced, stage, syncFolder, type Warn } from "./replace.ts";
import { changedMeanwhile, refuseChanged, type Seen } from "./seen.ts";

/** Permissions of a file that did not exist; one that did keeps its own. */
export type NewMode = "secret" | "shared";

const NEW_MODES: Readonly<Record<NewMode, number>> = { secret: 0o600, shared: 0o644 };

export interface WriteOptions {
  /** "secret" is 0600, "shared" is 0644 less the umask. */
  readonly newMode: NewMode;
  /** The file as the command read it: one that is another by now, since somebody else has changed it, is left alone. */
  readonly seen?: Seen | undefined;
  /** Is told what the new file could not keep of the old one. */
  readonly warn: Warn;
}

/**
 * Writes a whole file, so that a reader at any moment, and whoever comes after a crash, sees the old or the new bytes.
 *
 * A regular file is replaced by a new one written beside it: its mode, its access list and attributes, and where permitted
 * its owner, are kept. Symbolic links are followed, as sops does. What cannot be replaced is written in place: a device,
 * a pipe, a file that is a mount point, and one with several hard links, whose other names would keep the old bytes.
 * Throws CANNOT_WRITE without a place.
 */
export async function writeFileSafely(path: string, bytes: Uint8Array, options: WriteOptions): Promise<void> {
  try {
    const target = followLinks(resolve(path));
    const old = statSync(target, { throwIfNoEntry: false });
    if (old !== undefined && !old.isFile()) await writeInto(target, old, bytes);
    else if (old === undefined || old.nlink === 1) await replaceFile(target, old, bytes, options);
    else await overwriteFile(target, bytes, options);
  } catch (cause) {
    throw cannotWrite(path, cause);
  }
}

/** Throws CANNOT_WRITE where there is no folder that a new file could be in: before somebody writes its text. */
export function refuseMissingFolder(path: string): void {
  try {
    statSync(dirname(followLinks(resolve(path))));
  } catch (cause) {
    throw cannotWrite(path, cause);
  }
}

async function writeInto(target: string, old: Stats, bytes: Uint8Array): Promise<void> {
  if (old.isDirectory())
    throw new SopsError("CANNOT_WRITE", "cannot write the file: it is a directory", { hint: HINT });
  await writeThrough(target, bytes);
}

/** Nothing of ours happens between the last look and the rename, and no other run of ours can do anything. */
async function replaceFile(
  target: string,
  old: Stats | undefined,
  bytes: Uint8Array,
  { newMode, seen, warn }: WriteOptions,
): Promise<void> {
  if (old === undefined && seen !== undefined && seen !== null) throw changedMeanwhile();
  // A rename would get past a file that is read-only.
  if (old !== undefined) tryToOpen(target);
  const replaced: Replaced = old === undefined ? { newMode: NEW_MODES[newMode] } : { old };
  const staged = await stage(target, bytes, replaced, warn);
  try {
    await withFolderLocks([dirname(target)], () => {
      refuseChanged(target, seen);
      if (old === undefined) placeNew(staged, target);
      else placeOver(staged, target);
    });
  } catch (error) {
    staged.discard();
    const code = errnoOf(error);
    if (code === "EEXIST") throw changedMeanwhile();
    // A mount point, as a container has it for a single file: nothing can take its name.
    if (code !== "EBUSY" || old === undefined) throw error;
    await overwriteFile(target, bytes, { seen });
  }
  await syncFolder(dirname(target));
}

async function overwriteFile(
  target: string,
  bytes: Uint8Array,
  { seen }: Pick<WriteOptions, "seen">,
): Promise<void> {
  tryToOpen(target);
  await withFolderLocks([dirname(target)], () => {
    refuseChanged(target, seen);
    overwrite(target, bytes);
  });
}

/** Throws where the file cannot be written. Asking `access` would ask for the real user, not the effective one. */
export function tryToOpen(path: string): void {
  closeSync(openSync(path, "r+"));
}

const HINT = "check that the folder exists and that you may write there";

export function cannotWrite(path: string, cause: unknown): SopsError {
  if (cause instanceof SopsError) return cause;
  const code = errnoOf(cause);
  const fileIsWritable = (code === "EACCES" || code === "EPERM") && isWritable(path);
  const what = fileIsWritable ? "the folder of the file" : "the file";
  const hint = fileIsWritable
    ? "a new file is written beside the old one and takes its place: allow writing in the folder"
    : hintFor(cause, HINT);
  return new SopsError("CANNOT_WRITE", `cannot write ${what}: ${reasonOf(cause)}`, {
    hint: `${hint}; the file is as it was`,
    cause,
  });
}

function isWritable(path: string): boolean {
  try {
    tryToOpen(path);
    return true;
  } catch {
    return false;
  }
}
