import type { Args } from "../args.ts";
import type { Change } from "../change.ts";
import { changeUnderRule } from "../change.ts";
import type { Io } from "../io.ts";
import { type Rules, rulesToTell } from "../rule-of.ts";
import { openJob } from "./open-job.ts";
import { runMany } from "./run.ts";

/** The same change of one value in every file that `--file` brings. */
export async function changeMany(
  command: "set" | "unset",
  args: Args,
  io: Io,
  change: Change,
): Promise<number> {
  let rules: Rules | undefined;
  const job = await openJob(
    {
      command,
      done: "changed",
      async work(sealed, formats, settings, ctx, { name }) {
        const how = { ...settings, idempotent: args.has("idempotent") };
        rules ??= rulesToTell(args, io, ctx);
        const ruled = { name, rules, io };
        return (await changeUnderRule(change, { sealed, formats, settings: how, ctx }, ruled)).bytes;
      },
    },
    args,
    io,
  );
  return runMany(args.list("file"), job, args, io);
}
