import { DATA_KEY_BYTES, NAME_ONE, type Keyring } from "./data-key.ts";
import { untilEnough } from "./enough.ts";
import { SopsError } from "./errors.ts";
import { EFFORTS, type Effort, type KeyGroup, type KeyService, type WrappedKey } from "./key.ts";
import { inOrder } from "./key-order.ts";
import { reasonOf } from "./reason.ts";
import { combine } from "./shamir.ts";
import { unwrapOnce } from "./unwrap-once.ts";

/** `--decryption-order`, where it is not given. */
export const DEFAULT_ORDER: readonly string[] = ["age", "pgp"];

/**
 * Recovers the data key (32 bytes). Each group is tried key by key: the types of `order` first, then what costs the
 * user least, then file order; the first success wins. Of several groups those that cost least are opened first, and no
 * more than are needed. Throws NO_DATA_KEY with the reason for each key where too few groups open, CANCELLED where the
 * user gave up.
 */
export async function unwrapDataKey(
  groups: readonly KeyGroup[],
  threshold: number,
  order: readonly string[],
  ring: Keyring,
): Promise<Uint8Array> {
  if (ring.local === false && (ring.services ?? []).length === 0)
    throw new SopsError("NO_DATA_KEY", "cannot recover the data key: there is no key service to ask", {
      hint: NAME_ONE,
    });
  await ring.providers.load?.(groups.flatMap(({ keys }) => keys.map(({ type }) => type)));
  const needed = groups.length === 1 ? 1 : threshold === 0 ? groups.length : threshold;
  const tried = await openGroups(groups, needed, order, ring);
  const opened = tried.filter(isShare);
  if (opened.length < needed) throw cannotUnwrap(tried, needed);
  const dataKey = groups.length === 1 ? opened[0] : combine(opened);
  if (dataKey?.length === DATA_KEY_BYTES) return dataKey;
  throw new SopsError("NO_DATA_KEY", "the unwrapped data key does not have 32 bytes", {
    hint: "the file's metadata is damaged: restore it from git",
  });
}

/** A group's share, or for each master key that did not give it: which one, and why. */
type Tried = Uint8Array | readonly string[];

const isShare = (tried: Tried): tried is Uint8Array => !Array.isArray(tried);

/** Groups of equal effort side by side. Those that are not needed any more are called off; what they gave is left out. */
async function openGroups(
  groups: readonly KeyGroup[],
  needed: number,
  order: readonly string[],
  ring: Keyring,
): Promise<readonly Tried[]> {
  const [only, second] = groups;
  // Nothing to call off: most files have one group, and many files are opened one after the other.
  if (only !== undefined && second === undefined) return [await unwrapGroup(only, order, ring)];
  const rest = new AbortController();
  const signal = ring.signal === undefined ? rest.signal : AbortSignal.any([ring.signal, rest.signal]);
  const tried: Tried[] = groups.map(() => []);
  const open = async (group: KeyGroup, i: number): Promise<boolean> => {
    const share = await unwrapGroup(group, order, { ...ring, signal });
    tried[i] = share;
    return isShare(share);
  };
  try {
    for (const effort of EFFORTS) {
      const missing = needed - tried.filter(isShare).length;
      const due = groups.map((group, i) =>
        missing > 0 && effortOf(group, order, ring) === effort ? [open(group, i)] : [],
      );
      await untilEnough(due.flat(), missing);
    }
    return [...tried];
  } finally {
    rest.abort();
  }
}

/** What the first key to be tried costs. */
function effortOf(group: KeyGroup, order: readonly string[], ring: Keyring): Effort {
  const [first] = inOrder(group.keys, order, ring);
  return (first && ring.providers.get(first.type)?.effort(first, ring.host)) ?? "silent";
}

async function unwrapGroup(group: KeyGroup, order: readonly string[], ring: Keyring): Promise<Tried> {
  const attempts: string[] = [];
  for (const key of inOrder(group.keys, order, ring)) {
    for (const { by, unwrap } of unwrappersOf(key, ring)) {
      const tried = await attempt(unwrap);
      ring.signal?.throwIfAborted();
      if (typeof tried !== "string") return tried;
      attempts.push(
        by === "" && names(tried, key) ? tried : `${key.type} ${shown(key, ring)}${by}: ${tried}`,
      );
    }
  }
  return attempts;
}

interface Unwrapper {
  /** ` by tcp://...` for a service, nothing for ourselves. */
  readonly by: string;
  /** The share, or why there is none. */
  readonly unwrap: () => Promise<Uint8Array | string>;
}

function unwrappersOf(key: WrappedKey, ring: Keyring): readonly Unwrapper[] {
  const services = (ring.services ?? []).map((service): Unwrapper => ({
    by: ` by ${service.name}`,
    unwrap: async () => (await unwrapThere(key, service, ring)) ?? "it has no key for this",
  }));
  return ring.local === false ? services : [{ by: "", unwrap: () => unwrapHere(key, ring) }, ...services];
}

function unwrapThere(key: WrappedKey, service: KeyService, ring: Keyring): Promise<Uint8Array | null> {
  return unwrapOnce(ring.host, key, service.name, () => service.unwrap(key, ring.signal));
}

async function unwrapHere(key: WrappedKey, ring: Keyring): Promise<Uint8Array | string> {
  const provider = ring.providers.get(key.type);
  if (provider === undefined) return "this version of enc cannot use it yet";
  const share = await unwrapOnce(ring.host, key, "", () => provider.unwrap(key, ring.host, ring.signal));
  return share ?? (await provider.explain?.(key, ring.host)) ?? "no key of yours fits";
}

async function attempt(unwrap: () => Promise<Uint8Array | string>): Promise<Uint8Array | string> {
  try {
    return await unwrap();
  } catch (error) {
    // Whoever gives up at a question does not want the next one.
    if (error instanceof SopsError && error.code === "CANCELLED") throw error;
    return reasonOf(error);
  }
}

/** Most providers name the key in their errors, with all that tells it apart: it is not named twice. */
function names(reason: string, key: WrappedKey): boolean {
  const texts = textsOf(key);
  return texts.length > 0 && texts.every((text) => reason.includes(text));
}

function shown(key: WrappedKey, { providers }: Keyring): string {
  return providers.get(key.type)?.identity(key) ?? nameOf(key);
}

const nameOf = (key: WrappedKey): string => textsOf(key)[0] ?? "";

function textsOf(key: WrappedKey): readonly string[] {
  return Object.entries(key.fields).flatMap(([name, v]) =>
    name !== "created_at" && typeof v === "string" && v !== "" ? [v] : [],
  );
}

/** Says of each group that did not open, and of each key in it, why: those of groups that opened are no matter. */
function cannotUnwrap(tried: readonly Tried[], needed: number): SopsError {
  const many = tried.length > 1;
  const opened = tried.filter(isShare).length;
  const reasons = tried.flatMap((attempts, i) =>
    isShare(attempts) ? [] : attempts.map((attempt) => (many ? `group ${String(i)}: ${attempt}` : attempt)),
  );
  const message = many
    ? `cannot recover the data key: ${String(opened)} of ${String(tried.length)} key groups open, ${String(needed)} are needed`
    : "cannot recover the data key: none of the file's master keys can be used here";
  return new SopsError("NO_DATA_KEY", message, { hint: reasons.join("\n") });
}
