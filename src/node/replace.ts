import {
  closeSync,
  constants,
  copyFileSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  open as openLater,
  openSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { equalBytes } from "../core/base/bytes.ts";
import { SopsError } from "../core/base/errors.ts";
import { keepAttributes, keepAttributesNow, notKept, permissionsLeft } from "./attributes.ts";
import { errnoOf } from "./errno.ts";
import { stagedName } from "./left-overs.ts";
import { onEnd } from "./on-signal.ts";

interface Owned {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** The file that is replaced, whose mode, owner, access list and attributes are kept, or the mode of a new one (less the umask). */
export type Replaced = { readonly newMode: number } | { readonly old: Owned };

/** Is told what could not be kept, as a sentence about the file. */
export type Warn = (message: string) => void;

const PERMISSIONS = 0o7777;
const GROUP_PERMISSIONS = 0o070;
const ONLY_OURS = 0o600;

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
 * The one place from which new content comes to the disk, for every command that replaces a file: written beside
 * `target` (a rename works only inside one file system), on the disk, and read back, before anybody gives it the name of
 * the target. It never outlives a failure or a signal; after a crash it may stay, named `.enc-*.tmp`, with no more
 * permissions than the file, until the next command finds it (`left-overs.ts`).
 */
export async function stage(
  target: string,
  bytes: Uint8Array,
  replaced: Replaced,
  warn: Warn,
): Promise<Beside> {
  const staged = beside(target);
  try {
    if ("old" in replaced) await writeLike(target, replaced.old, staged.path, bytes, warn);
    else await writeNew(staged.path, bytes, replaced.newMode);
  } catch (error) {
    staged.discard();
    throw error;
  }
  return staged;
}

/** Gives a staged file its place, in which there is none yet: one that somebody else has made meanwhile stays. */
export function placeNew(staged: Beside, target: string): void {
  try {
    linkSync(staged.path, target);
  } catch (error) {
    const code = errnoOf(error);
    if (code === "EEXIST" || code === "ENOENT") throw error;
    placeClaimed(staged, target);
    return;
  }
  staged.discard();
}

/** On a file system without hard links. Other runs of ours wait; anybody else has the time between these two calls. */
function placeClaimed(staged: Beside, target: string): void {
  closeSync(openSync(target, "wx", ONLY_OURS));
  try {
    placeOver(staged, target);
  } catch (error) {
    if (lstatSync(target, { throwIfNoEntry: false })?.size === 0) removeIfThere(target);
    throw error;
  }
}

/** The same in the place of the file that is there. */
export function placeOver(staged: Beside, target: string): void {
  renameSync(staged.path, target);
  staged.done();
}

/** A name for a file beside `target`, which does not outlive a signal. */
export function beside(target: string): Beside {
  // Not the target's name with something added: that may be too long for the file system.
  const path = join(dirname(target), stagedName());
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

/** The old bytes, owner and mode once more, and what else `like` has, on the disk before the answer: for those who must not let go of the thread. */
export function writeNow(path: string, bytes: Uint8Array, old: Owned, like: string): void {
  const fd = openSync(path, "wx", ONLY_OURS);
  try {
    writeFileSync(fd, bytes);
    const isOwned = keepOwner(fd, old);
    const kept = keepAttributesNow(like, path) ? "all" : "unknown";
    fchmodSync(fd, permissionsOf(old, isOwned, kept));
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Throws CANNOT_WRITE where the disk gives back something else than it was given. */
export function refuseDifferent(found: Uint8Array, bytes: Uint8Array): void {
  if (equalBytes(found, bytes)) return;
  throw new SopsError("CANNOT_WRITE", "what was written reads back differently", {
    hint: "check the disk; the file is as it was",
  });
}

async function writeNew(path: string, bytes: Uint8Array, mode: number): Promise<void> {
  const fd = await opened(path, "wx", mode);
  try {
    writeFileSync(fd, bytes);
    await synced(fd);
    refuseDifferent(readFileSync(path), bytes);
  } finally {
    closeSync(fd);
  }
}

async function writeLike(
  target: string,
  old: Owned,
  path: string,
  bytes: Uint8Array,
  warn: Warn,
): Promise<void> {
  const fd = await opened(path, bringsAttributes(target, path) ? "r+" : "wx", ONLY_OURS);
  try {
    fchmodSync(fd, ONLY_OURS);
    ftruncateSync(fd);
    writeFileSync(fd, bytes);
    const isOwned = keepOwner(fd, old);
    // Both end before either may fail: `cp` makes a file that has been removed meanwhile.
    const [attributes, sync] = await Promise.allSettled([keepAttributes(target, path, !isOwned), synced(fd)]);
    if (sync.status === "rejected") throw sync.reason;
    refuseDifferent(readFileSync(path), bytes);
    const kept = attributes.status === "fulfilled" ? attributes.value : "unknown";
    const mode = permissionsOf(old, isOwned, kept);
    fchmodSync(fd, mode);
    const message = notKept(kept, mode !== (old.mode & PERMISSIONS));
    if (message !== null) warn(message);
  } finally {
    closeSync(fd);
  }
}

/** On macOS a copy by the system has the access list and the attributes of the old file; its content is then replaced. */
function bringsAttributes(target: string, path: string): boolean {
  if (process.platform !== "darwin") return false;
  copyFileSync(target, path, constants.COPYFILE_EXCL);
  return true;
}

/** A group that is not the old one gets no permission of it. */
function permissionsOf(old: Owned, isOwned: boolean, kept: Parameters<typeof permissionsLeft>[0]): number {
  return permissionsLeft(kept, old.mode & PERMISSIONS) & (isOwned ? PERMISSIONS : ~GROUP_PERMISSIONS);
}

/** False where the group is another now. */
function keepOwner(fd: number, old: Owned): boolean {
  const made = fstatSync(fd);
  if (made.uid === old.uid && made.gid === old.gid) return true;
  return changeOwner(fd, old.uid, old.gid) || changeOwner(fd, made.uid, old.gid);
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
