import type { Selected } from "../../node/many/select.ts";
import type { Formats, OpenSettings, OpsContext } from "../../ops/context.ts";
import type { Args } from "../args.ts";
import { oncePerFolder, storesFor } from "../config.ts";
import { openSettings } from "../context.ts";
import type { Phase } from "../exit-codes.ts";
import { formatsOf, inputFormat } from "../formats.ts";
import type { Io } from "../io.ts";
import { manyContext } from "./context.ts";
import type { ManyJob } from "./run.ts";
import { askOnce, NOT_ENCRYPTED, passesUnsealed } from "./sealed-files.ts";

export interface OpenJob {
  readonly command: string;
  readonly done: string;
  readonly phase?: Phase | undefined;
  /** The new content of one sealed file. */
  readonly work: (
    sealed: Uint8Array,
    formats: Formats,
    settings: OpenSettings,
    ctx: OpsContext,
    file: Selected,
  ) => Promise<Uint8Array>;
}

/** The job of a command that opens files and writes them back. */
export async function openJob({ command, done, phase, work }: OpenJob, args: Args, io: Io): Promise<ManyJob> {
  const { ctx, about, tell } = await manyContext(args, io);
  const settings = openSettings(args, io);
  const stores = oncePerFolder(io, (name) => storesFor(args, name, io));
  const storesOf = (name: string | undefined): ReturnType<typeof stores> => stores(name ?? "");
  return {
    command,
    done,
    tell,
    phase,
    harmless: { NO_METADATA: NOT_ENCRYPTED },
    passes: async (file, bytes) =>
      passesUnsealed(file, bytes, await inputFormat(args, file.name, { sealed: bytes })),
    async prepare(files) {
      const asking = files.map(async ({ file, target }) => ({
        bytes: () => target.bytes(),
        format: await inputFormat(args, file.name, { sealed: target.bytes() }),
      }));
      await askOnce(await Promise.all(asking), settings.decryptionOrder, ctx);
    },
    async work(file, bytes) {
      const formats = await formatsOf(args, file.name, io, { sealed: bytes, storesOf });
      return work(bytes, formats, settings, about(file), file);
    },
  };
}
