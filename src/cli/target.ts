import { resolve } from "node:path";
import { SopsError } from "../core/base/errors.ts";
import type { NewMode } from "../node/files.ts";
import { type Seen, seenOrNot } from "../node/seen.ts";
import type { Args } from "./args.ts";
import type { Io } from "./io.ts";
import { inInput } from "./place.ts";

/**
 * Where a result goes: the file itself (`-i`), another file (`--output`), or stdout. Undefined: stdout.
 * Throws CONFLICTING_OPTIONS, before anything is read.
 */
export function targetOf(args: Args, file: string | undefined): string | undefined {
  const named = args.text("output");
  const output = named === "" ? undefined : named;
  if (!args.has("in-place")) return output === "-" ? undefined : output;
  if (output !== undefined)
    throw conflict("--in-place and --output exclude each other", "give one of the two");
  if (file === undefined) throw conflict("--in-place needs a file", "name the file, or leave --in-place out");
  return file;
}

function conflict(message: string, hint: string): SopsError {
  return new SopsError("CONFLICTING_OPTIONS", message, { hint });
}

/** What stands at the target when a command begins. Undefined: stdout, and what cannot be looked at. */
export function seenTarget(target: string | undefined, io: Io): Seen | undefined {
  return target === undefined ? undefined : seenOrNot(resolve(io.cwd, target));
}

/**
 * Writes a whole result to its target. `newMode`: for a file that does not exist yet. `seen`: what the command has seen
 * there: the bytes that it read where a file is changed in place. Something else by now stays.
 */
export async function deliver(
  bytes: Uint8Array,
  target: string | undefined,
  newMode: NewMode,
  io: Io,
  seen: Seen | undefined,
): Promise<void> {
  if (target === undefined) {
    io.writeOut(bytes);
    return;
  }
  const { writeFileSafely } = await import("../node/files.ts");
  const warn = (message: string): void => {
    io.note(`${target}: ${message}`);
  };
  await inInput(target, () => writeFileSafely(resolve(io.cwd, target), bytes, { newMode, seen, warn }));
}
