import type { Args } from "../args.ts";
import type { Change } from "../change.ts";
import { asSetError } from "../change.ts";
import type { Io } from "../io.ts";
import { openJob } from "./open-job.ts";
import { runMany } from "./run.ts";

/** The same change of one value in every file that `--file` brings. */
export async function changeMany(
  command: "set" | "unset",
  args: Args,
  io: Io,
  change: Change,
): Promise<number> {
  const job = await openJob(
    {
      command,
      done: "changed",
      async work(sealed, formats, settings, ctx) {
        const how = { ...settings, idempotent: args.has("idempotent") };
        try {
          return (await change({ sealed, formats, settings: how, ctx })).bytes;
        } catch (error) {
          throw asSetError(error);
        }
      },
    },
    args,
    io,
  );
  return runMany(args.list("file"), job, args, io);
}
