import type { SopsError } from "../../core/errors.ts";
import { type KeyChanges, rotate } from "../../ops/rotate.ts";
import type { Args } from "../args.ts";
import type { Io } from "../io.ts";
import { requireInPlace } from "./in-place.ts";
import { openJob } from "./open-job.ts";
import { runMany } from "./run.ts";

/** `enc rotate -i` of files, folders and globs, with the same change of keys for all. */
export async function rotateMany(
  changes: KeyChanges,
  missing: ((error: SopsError) => SopsError) | undefined,
  args: Args,
  io: Io,
): Promise<number> {
  requireInPlace(args);
  const job = await openJob(
    {
      command: "rotate",
      done: "rotated",
      missing,
      work: (sealed, formats, settings, ctx) => rotate(sealed, formats, changes, settings, ctx),
    },
    args,
    io,
  );
  return runMany(args.positionals, job, args, io);
}
