import { randomBytes } from "node:crypto";
import { renameSync, rmSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errnoOf } from "./errno.ts";
import { onEnd } from "./on-signal.ts";

/** The file that is replaced, whose mode and owner are kept, or the mode of one that is new (less the umask). */
export type Replaced =
  | { readonly newMode: number }
  | { readonly old: { readonly mode: number; readonly uid: number; readonly gid: number } };

const PERMISSIONS = 0o7777;
const GROUP_PERMISSIONS = 0o070;

/** A new file that stands ready beside the one whose place it is to take. */
export interface Staged {
  readonly target: string;
  readonly beside: string;
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
    renameSync(staged.beside, target);
    staged.done();
  } catch (error) {
    staged.discard();
    throw error;
  }
  await syncFolder(dirname(target));
}

/** The first half: the new file, written beside and on the disk. A rename of `beside` to `target` is the other half. */
export async function stage(target: string, bytes: Uint8Array, replaced: Replaced): Promise<Staged> {
  // Not the target's name with something added: that may be too long for the file system.
  const beside = join(dirname(target), `.enc-${randomBytes(8).toString("hex")}.tmp`);
  const remove = (): void => {
    rmSync(beside, { force: true });
  };
  const done = onEnd(remove);
  const discard = (): void => {
    remove();
    done();
  };
  try {
    await writeNew(beside, bytes, replaced);
  } catch (error) {
    discard();
    throw error;
  }
  return { target, beside, discard, done };
}

async function writeNew(path: string, bytes: Uint8Array, replaced: Replaced): Promise<void> {
  const file = await open(path, "wx", "newMode" in replaced ? replaced.newMode : 0o600);
  try {
    await file.writeFile(bytes);
    if ("old" in replaced) await keepPermissions(file, replaced.old);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Owner and mode of the old file. A group that is not the old one gets no permission of it. */
async function keepPermissions(
  file: FileHandle,
  old: { mode: number; uid: number; gid: number },
): Promise<void> {
  const made = await file.stat();
  const owned = made.uid === old.uid && made.gid === old.gid;
  const kept =
    owned || (await changeOwner(file, old.uid, old.gid)) || (await changeOwner(file, made.uid, old.gid));
  await file.chmod(old.mode & PERMISSIONS & (kept ? PERMISSIONS : ~GROUP_PERMISSIONS));
}

/** False where it is not permitted: only root may give files away, and only to its own groups may anyone else. */
async function changeOwner(file: FileHandle, uid: number, gid: number): Promise<boolean> {
  try {
    await file.chown(uid, gid);
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

/** Not every system can sync a folder (Windows cannot), and the new bytes are safe in any case. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => null);
  if (handle === null) return;
  await handle.sync().catch(() => undefined);
  await handle.close();
}
