import { randomBytes } from "node:crypto";
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsync,
  fsyncSync,
  open as openLater,
  openSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { errnoOf } from "./errno.ts";
import { onEnd } from "./on-signal.ts";

/** The file that is replaced, whose mode and owner are kept, or the mode of one that is new (less the umask). */
export type Replaced =
  | { readonly newMode: number }
  | { readonly old: { readonly mode: number; readonly uid: number; readonly gid: number } };

const PERMISSIONS = 0o7777;
const GROUP_PERMISSIONS = 0o070;

// These two wait for the disk: a new name in a folder, too, waits while another file is being synced.
const opened = promisify<string, string, number, number>(openLater);
const synced = promisify(fsync);

/** A file with a name of ours beside the one whose place it may take. */
export interface Beside {
  readonly path: string;
  /** Removes it. After that, or after it has taken its place, nothing happens. */
  discard(): void;
  /** It has taken its place: nothing is left to remove. */
  done(): void;
}

/**
 * Puts a new file in the place of `target`: written beside it (a rename works only inside one file system), on the
 * disk before it gets its name, and the name on the disk before the answer. The file beside never outlives a failure
 * or a signal; after a crash it may stay, named `.enc-*.tmp`, with no more permissions than the file. `check` is called
 * last, with nothing of ours between it and the rename; when it throws, the old file stays.
 */
export async function replace(
  target: string,
  bytes: Uint8Array,
  replaced: Replaced,
  check?: () => void,
): Promise<void> {
  const staged = await stage(target, bytes, replaced);
  try {
    check?.();
    renameSync(staged.path, target);
    staged.done();
  } catch (error) {
    staged.discard();
    throw error;
  }
  await syncFolder(dirname(target));
}

/** The first half: the new file, written beside and on the disk. Its rename to `target` is the other half. */
export async function stage(target: string, bytes: Uint8Array, replaced: Replaced): Promise<Beside> {
  const staged = beside(target);
  try {
    const fd = await opened(staged.path, "wx", modeOf(replaced));
    try {
      fill(fd, bytes, replaced);
      await synced(fd);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    staged.discard();
    throw error;
  }
  return staged;
}

/** A name for a file beside `target`, which does not outlive a signal. */
export function beside(target: string): Beside {
  // Not the target's name with something added: that may be too long for the file system.
  const path = join(dirname(target), `.enc-${randomBytes(8).toString("hex")}.tmp`);
  const remove = (): void => {
    removeIfThere(path);
  };
  const done = onEnd(remove);
  const discard = (): void => {
    remove();
    done();
  };
  return { path, discard, done };
}

/** The same bytes, owner and mode once more, on the disk before the answer: for those who must not let go of the thread. */
export function writeNow(path: string, bytes: Uint8Array, replaced: Replaced): void {
  const fd = openSync(path, "wx", modeOf(replaced));
  try {
    fill(fd, bytes, replaced);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function modeOf(replaced: Replaced): number {
  return "newMode" in replaced ? replaced.newMode : 0o600;
}

/** Calls of microseconds, which by way of other threads would take ten times that. */
function fill(fd: number, bytes: Uint8Array, replaced: Replaced): void {
  writeFileSync(fd, bytes);
  if ("old" in replaced) keepPermissions(fd, replaced.old);
}

/** Owner and mode of the old file. A group that is not the old one gets no permission of it. */
function keepPermissions(fd: number, old: { mode: number; uid: number; gid: number }): void {
  const made = fstatSync(fd);
  const owned = made.uid === old.uid && made.gid === old.gid;
  const kept = owned || changeOwner(fd, old.uid, old.gid) || changeOwner(fd, made.uid, old.gid);
  fchmodSync(fd, old.mode & PERMISSIONS & (kept ? PERMISSIONS : ~GROUP_PERMISSIONS));
}

/** False where it is not permitted: only root may give files away, and only to its own groups may anyone else. */
function changeOwner(fd: number, uid: number, gid: number): boolean {
  try {
    fchownSync(fd, uid, gid);
    return true;
  } catch (error) {
    if (isRefusal(error)) return false;
    throw error;
  }
}

function isRefusal(error: unknown): boolean {
  const code = errnoOf(error);
  return code === "EPERM" || code === "EACCES" || code === "ENOSYS" || code === "EINVAL";
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
  }
}

/** Not every system can sync a folder (Windows cannot), and the new bytes are safe in any case. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => null);
  if (handle === null) return;
  await handle.sync().catch(() => undefined);
  await handle.close();
}
