import { setMaxListeners } from "node:events";
import { forFile } from "../../node/context.ts";
import type { Selected } from "../../node/many/select.ts";
import type { OpsContext } from "../../ops/context.ts";
import type { Args } from "../args.ts";
import { opsContext } from "../context.ts";
import type { Io } from "../io.ts";
import { Warnings } from "./warnings.ts";

/** One world for all files, so that what one learned about keys serves the others. */
export interface ManyContext {
  readonly ctx: OpsContext;
  /** The same world, whose audit and whose warnings name this file. */
  readonly about: (file: Selected) => OpsContext;
  /** Tells what the files were warned of: when all were worked on, and before any of it is written. */
  readonly tell: () => void;
}

export async function manyContext(args: Args, io: Io): Promise<ManyContext> {
  const ctx = await opsContext(args, io);
  // Many programs and requests wait for it at the same time: that is no leak.
  if (ctx.signal !== undefined) setMaxListeners(0, ctx.signal);
  const warnings = new Warnings();
  return {
    ctx,
    tell() {
      for (const line of warnings.take()) ctx.host.warn(line);
    },
    about: ({ name, path }) => ({
      ...forFile(ctx, path),
      warn: (message) => {
        warnings.add(name, message);
      },
    }),
  };
}
