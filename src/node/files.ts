import { closeSync, lstatSync, openSync, readFileSync, readlinkSync, type Stats, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { equalBytes } from "../core/bytes.ts";
import { SopsError } from "../core/errors.ts";
import { errnoOf, reasonOf } from "./errno.ts";
import { overwrite, writeThrough } from "./overwrite.ts";
import { replace } from "./replace.ts";

/** Permissions of a file that did not exist; one that did keeps its own. */
export type NewMode = "secret" | "shared";

const NEW_MODES: Readonly<Record<NewMode, number>> = { secret: 0o600, shared: 0o644 };

/** Linux gives up after 40 as well. */
const MAX_LINKS = 40;

/**
 * Writes a whole file, so that a reader at any moment, and whoever comes after a crash, sees the old or the new bytes.
 *
 * A regular file is replaced by a new one written beside it: its mode, and where permitted its owner, are kept.
 * Symbolic links are followed, as sops does. What cannot be replaced is written in place: a device, a pipe, a file that
 * is a mount point, and one with several hard links, whose other names would keep the old bytes.
 *
 * `newMode`: "secret" is 0600, "shared" is 0644 less the umask. `madeOf`: what the new bytes were made of, the file as it
 * was read; one that is another by now, since somebody else has changed it, is left alone. Throws CANNOT_WRITE without a
 * place.
 */
export async function writeFileSafely(
  path: string,
  bytes: Uint8Array,
  newMode: NewMode,
  madeOf?: Uint8Array,
): Promise<void> {
  try {
    const target = followLinks(resolve(path));
    const old = statSync(target, { throwIfNoEntry: false });
    if (old !== undefined) await writeOnto(target, old, bytes, madeOf);
    else if (madeOf !== undefined) throw changedMeanwhile();
    else await replace(target, bytes, { newMode: NEW_MODES[newMode] });
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

async function writeOnto(
  target: string,
  old: Stats,
  bytes: Uint8Array,
  madeOf: Uint8Array | undefined,
): Promise<void> {
  if (old.isDirectory())
    throw new SopsError("CANNOT_WRITE", "cannot write the file: it is a directory", { hint: HINT });
  if (!old.isFile()) {
    await writeThrough(target, bytes);
    return;
  }
  // A rename would get past a file that is read-only.
  tryToOpen(target);
  const check = (): void => {
    if (madeOf !== undefined && !equalBytes(readFileSync(target), madeOf)) throw changedMeanwhile();
  };
  if (old.nlink > 1) {
    check();
    await overwrite(target, bytes);
  } else
    await replace(target, bytes, { old }, check).catch(async (error: unknown) => {
      // A mount point, as a container has it for a single file: nothing can take its name.
      if (errnoOf(error) !== "EBUSY") throw error;
      check();
      await overwrite(target, bytes);
    });
}

/** What two commands that ran at the same time would have lost. */
export function changedMeanwhile(): SopsError {
  return new SopsError("CANNOT_WRITE", "the file has changed on the disk while the command ran", {
    hint: "run the command again",
  });
}

/** Where a link leads, the last one dangling or not. */
export function followLinks(path: string): string {
  let at = path;
  for (let i = 0; i < MAX_LINKS; i++) {
    const found = lstatSync(at, { throwIfNoEntry: false });
    // What /dev/stdout leads to is not a path (`pipe:[1234]`): the link itself is opened.
    if (found?.isSymbolicLink() !== true || isSpecial(at)) return at;
    at = resolve(dirname(at), readlinkSync(at));
  }
  return at;
}

function isSpecial(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && !found.isFile() && !found.isDirectory();
}

/** Throws where the file cannot be written. Asking `access` would ask for the real user, not the effective one. */
export function tryToOpen(path: string): void {
  closeSync(openSync(path, "r+"));
}

const HINT = "check that the folder exists and that you may write there; the file is as it was";

export function cannotWrite(path: string, cause: unknown): SopsError {
  if (cause instanceof SopsError) return cause;
  const code = errnoOf(cause);
  const fileIsWritable = (code === "EACCES" || code === "EPERM") && isWritable(path);
  const what = fileIsWritable ? "the folder of the file" : "the file";
  return new SopsError("CANNOT_WRITE", `cannot write ${what}: ${reasonOf(cause)}`, {
    hint: fileIsWritable
      ? "a new file is written beside the old one and takes its place: allow writing in the folder; the file is as it was"
      : HINT,
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
