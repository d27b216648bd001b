import type { KeyRef, KeyService, WrappedKey } from "../../core/keys/key.ts";
import { type Address, formatUri, parseUri } from "./address.ts";

/** The key services that a user named. */
export interface KeyServiceSettings {
  /** `tcp://host:port` or `unix:///path`, asked in this order. */
  readonly uris: readonly string[];
  /** False: only they wrap and unwrap. */
  readonly local: boolean;
}

/** A service for each URI; one that is none is skipped with a warning, as SOPS does. Dials nobody yet. */
export function keyServicesOf(uris: readonly string[], warn: (message: string) => void): KeyService[] {
  return uris.flatMap((uri) => {
    const address = parseUri(uri);
    if (address !== null) return [lazyService(address)];
    warn(`skipping key service ${uri}: it is not of the form tcp://host:port or unix:///path`);
    return [];
  });
}

/** The client is loaded when it is first called. */
function lazyService(address: Address): KeyService {
  const load = async (): Promise<KeyService> => (await import("./client.ts")).keyServiceAt(address);
  return {
    name: formatUri(address),
    wrap: async (ref: KeyRef, dataKey: Uint8Array, signal?: AbortSignal) =>
      (await load()).wrap(ref, dataKey, signal),
    unwrap: async (key: WrappedKey, signal?: AbortSignal) => (await load()).unwrap(key, signal),
  };
}
