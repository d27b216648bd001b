import { AsyncLocalStorage } from "node:async_hooks";
import { setMaxListeners } from "node:events";
import type { OpsContext } from "../../ops/context.ts";
import type { Args } from "../args.ts";
import { opsContext } from "../context.ts";
import type { Io } from "../io.ts";

/** One world for all files, so that what one learned about keys serves the others, and whose warnings name the file. */
export interface ManyContext {
  readonly ctx: OpsContext;
  /** Warnings of `work` are about this file. */
  readonly about: <T>(file: string, work: () => Promise<T>) => Promise<T>;
}

export async function manyContext(args: Args, io: Io): Promise<ManyContext> {
  const ctx = await opsContext(args, io);
  // Many programs and requests wait for it at the same time: that is no leak.
  if (ctx.signal !== undefined) setMaxListeners(0, ctx.signal);
  const current = new AsyncLocalStorage<string>();
  const warn = (message: string): void => {
    const file = current.getStore();
    ctx.host.warn(file === undefined ? message : `${file}: ${message}`);
  };
  return {
    ctx: { ...ctx, host: { ...ctx.host, warn } },
    about: (file, work) => current.run(file, work),
  };
}
