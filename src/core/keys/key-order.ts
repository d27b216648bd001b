import type { Host } from "../ports/host.ts";
import { EFFORTS, type Providers, type WrappedKey } from "./key.ts";

/** What the order of keys depends on. */
export interface KeyWorld {
  readonly host: Host;
  readonly providers: Providers;
}

/** A stable sort: the types of `order` first; among equals what is silent before what dials or asks; then file order. */
export function inOrder(
  keys: readonly WrappedKey[],
  order: readonly string[],
  { host, providers }: KeyWorld,
): WrappedKey[] {
  const rank = (key: WrappedKey): number => {
    const at = order.indexOf(key.type);
    return at < 0 ? order.length : at;
  };
  const effort = (key: WrappedKey): number =>
    EFFORTS.indexOf(providers.get(key.type)?.effort(key, host) ?? "silent");
  return keys
    .map((key) => ({ key, rank: rank(key), effort: effort(key) }))
    .sort((a, b) => a.rank - b.rank || a.effort - b.effort)
    .map(({ key }) => key);
}
