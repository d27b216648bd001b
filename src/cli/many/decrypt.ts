import { decrypt } from "../../ops/decrypt.ts";
import type { Args } from "../args.ts";
import type { Io } from "../io.ts";
import { requireInPlace } from "./in-place.ts";
import { openJob } from "./open-job.ts";
import { runMany } from "./run.ts";

/** `enc decrypt -i` of files, folders and globs. */
export async function decryptMany(args: Args, io: Io): Promise<number> {
  requireInPlace(args);
  const work: typeof decrypt = (sealed, formats, settings, ctx) =>
    decrypt(sealed, formats, { ...settings, replaces: true }, ctx);
  const job = await openJob({ command: "decrypt", done: "decrypted", work }, args, io);
  return runMany(args.positionals, job, args, io);
}
