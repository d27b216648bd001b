import { formatUri, type Address } from "./address.ts";
import { listen } from "./listen.ts";
import { keyServiceMethods, type KeyServiceWorld } from "./methods.ts";
import { grpcServer } from "./server.ts";

/** A key service that listens. */
export interface RunningService {
  readonly uri: string;
  /** Ends the calls that are open and removes the socket. */
  stop(): Promise<void>;
}

/** Starts a key service. Throws CANNOT_WRITE where it cannot listen there. */
export async function serve(address: Address, world: KeyServiceWorld): Promise<RunningService> {
  const stopped = new AbortController();
  const server = grpcServer(keyServiceMethods(world), stopped.signal);
  const bound = await listen(server, address);
  return {
    uri: formatUri(bound),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        stopped.abort();
      }),
  };
}

/** Is this an address that only programs of this machine can reach? */
export function isLocal(address: Address): boolean {
  if (address.network === "unix") return true;
  return /^(?:127\.\d+\.\d+\.\d+|::1|localhost)$/i.test(address.host);
}
