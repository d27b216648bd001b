import type { Keyring } from "./data-key.ts";
import { inOrder } from "./key-order.ts";
import type { KeyGroup, WrappedKey } from "./key.ts";
import { unwrapOnce } from "./unwrap-cache.ts";

/**
 * Unwraps, all at the same moment, the keys of many files at which a user would be asked (a touch, a PIN), so that the
 * user is asked once where the provider can do that: an age plugin then runs once for all files. What is found is there
 * when `unwrapDataKey` looks for it; a key that is not the user's, or that others can stand in for, is left to it.
 * Rejects where a key that a file cannot do without fails: asking for it again file by file would be worse.
 */
export async function unwrapTogether(
  files: readonly (readonly KeyGroup[])[],
  order: readonly string[],
  ring: Keyring,
): Promise<void> {
  if (ring.local === false) return;
  const types = files.flat().flatMap(({ keys }) => keys.map(({ type }) => type));
  await ring.providers.load?.([...new Set(types)]);
  const asked = files.flat().flatMap((group) => askingKey(group, order, ring));
  const answers = await Promise.allSettled(asked.map(({ key }) => unwrap(key, ring)));
  ring.signal?.throwIfAborted();
  for (const [i, answer] of answers.entries())
    if (answer.status === "rejected" && asked[i]?.alone === true) throw answer.reason;
}

interface Asking {
  readonly key: WrappedKey;
  /** Its group has no other key. */
  readonly alone: boolean;
}

/** The key of a group that is tried first, where using it means a question. */
function askingKey({ keys }: KeyGroup, order: readonly string[], ring: Keyring): readonly Asking[] {
  const [key] = inOrder(keys, order, ring);
  if (key === undefined || ring.providers.get(key.type)?.effort(key, ring.host) !== "asks") return [];
  return [{ key, alone: keys.length === 1 }];
}

function unwrap(key: WrappedKey, ring: Keyring): Promise<Uint8Array | null> {
  const { host, providers, signal } = ring;
  const provider = providers.get(key.type);
  return unwrapOnce(host, key, "", () => provider?.unwrap(key, host, signal) ?? Promise.resolve(null));
}
