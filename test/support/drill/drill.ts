import type { Variables } from "../play.ts";

/** Servers of one kind, each with a fault of its own: a transcript chooses the fault by the address that it uses. */
export interface Drill {
  readonly variables: Variables;
  /** The CAs (PEM) that clients are to trust. */
  readonly trust: readonly string[];
  readonly stop: () => Promise<void>;
}

/** Stops all of them. */
export const stopAll =
  (...servers: readonly { stop(): Promise<void> }[]) =>
  async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.stop()));
  };
