import { randomBytes } from "node:crypto";
import { lstatSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { isLock, removeIfUnheld } from "./folder-lock.ts";
import { fateOf, makerWord } from "./maker.ts";

/** Names that only this program gives, beside the files that it writes. */
const STAGED = /^\.enc-(?:([0-9a-f]+-[0-9a-f]+-[0-9a-f]{8})-)?[0-9a-f]+\.tmp$/;

/** Hours in milliseconds. No run takes that long to replace a file, wherever it is. */
const DAY = 24 * 3_600_000;

/** A name for a file that another's place is to be taken by. It says who made it, for those who come after a `kill -9`. */
export function stagedName(): string {
  return `.enc-${makerWord()}-${randomBytes(4).toString("hex")}.tmp`;
}

/** Is it a file of ours, which a run that was killed may have left? */
export const isOurs = (name: string): boolean => STAGED.test(name) || isLock(name);

/**
 * Removes what a run that was killed left in a folder, of these names in it; a run that goes on keeps its own. Answers the names of those that
 * were removed. What cannot be removed, or looked at, stays: the command is about something else.
 */
export function removeLeftOvers(folder: string, names: readonly string[]): readonly string[] {
  return names.filter((name) => isOurs(name) && removeIfLeft(join(folder, name), name));
}

/** Does that for one file, by its name and path: was it there to be removed? */
export function removeIfLeft(path: string, name: string): boolean {
  try {
    if (isLock(name)) return removeIfUnheld(path);
    if (!isAbandoned(path, name)) return false;
    unlinkSync(path);
    return true;
  } catch {
    return false;
  }
}

function isAbandoned(path: string, name: string): boolean {
  const maker = STAGED.exec(name)?.[1];
  const fate = maker === undefined ? "unknown" : fateOf(maker);
  if (fate === "alive") return false;
  const found = lstatSync(path);
  if (!found.isFile() || !isOwn(found.uid)) return false;
  return fate === "gone" || Date.now() - found.mtimeMs > DAY;
}

/** Does the run that made it go on? Of a lock that is not said: it holds no secret, and is broken when it is in the way. */
export function isInUse(name: string): boolean {
  const maker = STAGED.exec(name)?.[1];
  return isLock(name) || (maker !== undefined && fateOf(maker) === "alive");
}

/** Nobody's file is removed for another: what it is called proves nothing. */
export function isOwn(uid: number): boolean {
  return process.geteuid === undefined || process.geteuid() === uid;
}

/** What the user is told. */
export function removedText(names: readonly string[]): string {
  return `removed what a run that was killed had left: ${names.join(", ")}`;
}

/** And of those whose maker cannot be asked. */
export function leftText(names: readonly string[]): string {
  return `left by a run that was killed, may hold plain text, can be removed: ${names.join(", ")}`;
}
