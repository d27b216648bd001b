import type { Io } from "./io.ts";

/** The same world, in which notes and warnings are not told; errors, questions and results are. */
export function quietIo(io: Io): Io {
  return {
    ...io,
    note: () => undefined,
    host: async () => ({ ...(await io.host()), warn: () => undefined }),
  };
}
