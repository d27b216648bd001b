import { resolve } from "node:path";
import { SopsError } from "../core/errors.ts";
import type { NewMode } from "../node/files.ts";
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

/**
 * Writes a whole result to its target. `newMode`: for a file that does not exist yet. `madeOf`: of a file that is
 * changed in place, its old bytes, which must still stand there.
 */
export async function deliver(
  bytes: Uint8Array,
  target: string | undefined,
  newMode: NewMode,
  io: Io,
  madeOf?: Uint8Array,
): Promise<void> {
  if (target === undefined) {
    io.writeOut(bytes);
    return;
  }
  const { writeFileSafely } = await import("../node/files.ts");
  await inInput(target, () => writeFileSafely(resolve(io.cwd, target), bytes, newMode, madeOf));
}
