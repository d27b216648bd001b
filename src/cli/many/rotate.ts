import { type KeyChanges, rotate } from "../../ops/rotate.ts";
import type { Args } from "../args.ts";
import type { Phase } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { type Rules, rulesToTell } from "../rule-of.ts";
import { requireInPlace } from "./in-place.ts";
import { openJob } from "./open-job.ts";
import { runMany } from "./run.ts";

/** `enc rotate -i` of files, folders and globs, with the same change of keys for all. */
export async function rotateMany(
  changes: KeyChanges,
  phase: Phase | undefined,
  args: Args,
  io: Io,
): Promise<number> {
  requireInPlace(args);
  let rules: Rules | undefined;
  const job = await openJob(
    {
      command: "rotate",
      done: "rotated",
      phase,
      work(sealed, formats, settings, ctx, { name, path }) {
        rules ??= rulesToTell(args, io, ctx);
        const known = rules;
        const rule = (): ReturnType<Rules["groupsOf"]> => known.groupsOf(name, path);
        return rotate(sealed, formats, { ...changes, rule }, settings, ctx);
      },
    },
    args,
    io,
  );
  return runMany(args.positionals, job, args, io);
}
