import { readFileSync, statSync } from "node:fs";
import { equalBytes } from "../core/base/bytes.ts";
import { SopsError } from "../core/base/errors.ts";

/**
 * A file as a command saw it when it began, so that it takes nobody's change away: its bytes, null for no file at all, or
 * a stamp where it is to be overwritten and was not read.
 */
export type Seen = Uint8Array | null | Stamp;

export interface Stamp {
  readonly stamp: string;
}

/** What stands at a path now. Undefined for a folder, a device or a pipe, in which there is nothing to lose. */
export function seenAt(path: string): Stamp | null | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (found === undefined) return null;
  if (!found.isFile()) return undefined;
  // The last time is that of the system alone: `touch` and `cp -p` cannot set it back.
  return { stamp: [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(":") };
}

/** The same, undefined also for what cannot be looked at: whoever writes there tells why. */
export function seenOrNot(path: string): Stamp | null | undefined {
  try {
    return seenAt(path);
  } catch {
    return undefined;
  }
}

/** Throws CANNOT_WRITE where something else stands at the path than what was seen there. Undefined: it does not matter. */
export function refuseChanged(path: string, seen: Seen | undefined): void {
  if (seen !== undefined && !isStill(path, seen)) throw changedMeanwhile();
}

function isStill(path: string, seen: Seen): boolean {
  const now = seenAt(path);
  if (seen === null || now === null || now === undefined) return seen === now;
  return "stamp" in seen ? now.stamp === seen.stamp : equalBytes(readFileSync(path), seen);
}

const CHANGED = "the file has changed on the disk while the command ran";

/** What two commands that ran at the same time would have lost. */
export function changedMeanwhile(): SopsError {
  return new SopsError("CANNOT_WRITE", CHANGED, { hint: "run the command again" });
}

/** Is it worth while to do it all again? */
export function isChangedMeanwhile(error: unknown): boolean {
  return error instanceof SopsError && error.message === CHANGED;
}
