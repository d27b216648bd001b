import { createHash, randomBytes } from "node:crypto";
import { closeSync, lstatSync, openSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SopsError } from "../core/base/errors.ts";
import { errnoOf } from "./errno.ts";
import { fateOf, makerWord, processOf } from "./maker.ts";
import { onEnd } from "./on-signal.ts";

/** One for a folder, and not for a file: what two names of one file are is for the file system to say. */
const NAME = ".enc-lock";
/** A lock: who holds it, and a number that never comes again. */
const HOLDER = /^([0-9a-f]+-[0-9a-f]+-[0-9a-f]{8})-[0-9a-f]{16}$/;

/** Bytes. What is longer is no lock. */
const LONGEST = 256;

/** Milliseconds. A lock is held for the time of a rename; by many files, of as many. */
const PATIENCE = 15_000;
const LONGEST_PAUSE = 20;
/** The lock of a process that cannot be asked (of another machine or container), and one that says nothing. */
const OLD = 600_000;
const OLD_AND_EMPTY = 10_000;

/**
 * Does `work` while no other run of this program puts files into these folders: what was looked at just before is then
 * what a rename replaces. It binds nobody else, and where no file can be made (a folder that is read-only, in which a
 * file is overwritten) there is no lock. Throws CANNOT_WRITE where somebody else does not let go.
 */
export async function withFolderLocks<T>(folders: readonly string[], work: () => T | Promise<T>): Promise<T> {
  const releases: (() => void)[] = [];
  try {
    // In one order for everyone: two that wait for each other would wait for ever.
    for (const folder of [...new Set(folders)].sort()) releases.push(await lock(folder));
    return await work();
  } finally {
    for (const release of releases.reverse()) release();
  }
}

async function lock(folder: string): Promise<() => void> {
  const path = join(folder, NAME);
  const holder = newHolder();
  const release = (): void => {
    if (holderOf(path) === holder) removeQuietly(path);
  };
  const forget = onEnd(release);
  try {
    if (!(await take(path, holder))) forget();
  } catch (error) {
    forget();
    throw error;
  }
  return () => {
    release();
    forget();
  };
}

const newHolder = (): string => `${makerWord()}-${randomBytes(8).toString("hex")}`;

/** Removes a lock, or a right to break one, that nobody holds any more: was there one? */
export function removeIfUnheld(path: string): boolean {
  const holder = holderOf(path);
  if (holder === null || !isAbandoned(path, holder)) return false;
  return basename(path) === NAME ? breakLock(path, holder) : removeQuietly(path);
}

/** Is it the name of a lock? */
export const isLock = (name: string): boolean => /^\.enc-lock(?:-[0-9a-f]{16})?$/.test(name);

/** False: there can be no lock here. */
async function take(path: string, holder: string): Promise<boolean> {
  for (const until = Date.now() + PATIENCE; ;) {
    const taken = tryToTake(path, holder);
    if (taken !== "held") return taken === "taken";
    const other = holderOf(path);
    const isLeft = other !== null && isAbandoned(path, other);
    // What nobody holds and we may not remove (another user's, in a folder such as /tmp) holds nobody up.
    if (isLeft && !breakLock(path, other)) return false;
    if (!isLeft && Date.now() > until) throw held(path, other ?? "");
    await sleep(1 + Math.random() * LONGEST_PAUSE);
  }
}

function tryToTake(path: string, holder: string): "taken" | "held" | "impossible" {
  try {
    make(path, holder);
    return "taken";
  } catch (error) {
    const code = errnoOf(error);
    // On Windows a file that is about to go cannot be opened.
    const isGoing = process.platform === "win32" && (code === "EPERM" || code === "EACCES");
    if (code !== "EEXIST" && !(isGoing && holderOf(path) !== null)) return "impossible";
    return canBeLock(path) ? "held" : "impossible";
  }
}

/** A folder of this name, which a branch can bring along, is nobody's lock: nobody would let go of it. */
function canBeLock(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() !== true;
}

/** On a full disk a file can still be made, and nothing be written to it: it goes again. */
function make(path: string, holder: string): void {
  const fd = openSync(path, "wx", 0o644);
  try {
    try {
      writeFileSync(fd, holder);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    removeQuietly(path);
    throw error;
  }
}

/** Null: nobody, by now. A link, or a pipe, of this name is none of ours, and to read it may never end. */
function holderOf(path: string): string | null {
  try {
    const found = lstatSync(path);
    return found.isFile() && found.size <= LONGEST ? readFileSync(path, "latin1") : "";
  } catch (error) {
    return errnoOf(error) === "ENOENT" ? null : "";
  }
}

function isAbandoned(path: string, holder: string): boolean {
  const maker = HOLDER.exec(holder)?.[1];
  const fate = maker === undefined ? "unknown" : fateOf(maker);
  if (fate !== "unknown") return fate === "gone";
  return ageOf(path) > (maker === undefined ? OLD_AND_EMPTY : OLD);
}

function ageOf(path: string): number {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found === undefined ? 0 : Date.now() - found.mtimeMs;
}

/**
 * Two that find the same lock abandoned must not both remove it: the later one would remove the lock that the earlier
 * has taken meanwhile. So the right to remove it is a lock of its own, named after that very holder. False: it stays.
 */
function breakLock(path: string, holder: string): boolean {
  const right = `${path}-${createHash("sha256").update(holder).digest("hex").slice(0, 16)}`;
  const taken = tryToTake(right, newHolder());
  if (taken !== "taken")
    return taken === "held" && (!isAbandoned(right, holderOf(right) ?? "") || removeQuietly(right));
  try {
    return holderOf(path) !== holder || removeQuietly(path);
  } finally {
    removeQuietly(right);
  }
}

/** False where it stays. */
function removeQuietly(path: string): boolean {
  try {
    unlinkSync(path);
    return true;
  } catch (error) {
    return errnoOf(error) === "ENOENT";
  }
}

function held(path: string, holder: string): SopsError {
  const maker = HOLDER.exec(holder)?.[1];
  const who = maker === undefined || fateOf(maker) === "unknown" ? "" : `: process ${processOf(maker)}`;
  return new SopsError("CANNOT_WRITE", `another run of enc is writing in the same folder${who}`, {
    hint: `run the command again when it has ended; where none runs any more, on no machine, remove ${path}`,
  });
}
