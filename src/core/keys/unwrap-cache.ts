import type { Host } from "../ports/host.ts";
import type { WrappedKey } from "./key.ts";

/** Per host, so that what one world could open says nothing about another. */
const known = new WeakMap<Host, Map<string, Promise<Uint8Array | null>>>();

/**
 * Unwraps a wrapped key once per process, however many files hold it and however many ask at the same time: many files
 * that one command sealed share their data key. `by` tells apart who unwraps. Every caller gets a copy of its own, to
 * overwrite when done. What failed is tried again by the next caller.
 */
export async function unwrapOnce(
  host: Host,
  key: WrappedKey,
  by: string,
  unwrap: () => Promise<Uint8Array | null>,
): Promise<Uint8Array | null> {
  const cache = known.get(host) ?? new Map<string, Promise<Uint8Array | null>>();
  known.set(host, cache);
  const name = JSON.stringify([by, key.type, key.fields, key.enc]);
  const running = cache.get(name) ?? unwrap();
  cache.set(name, running);
  try {
    const share = await running;
    if (share === null) cache.delete(name);
    return share === null ? null : share.slice();
  } catch (error) {
    cache.delete(name);
    throw error;
  }
}
