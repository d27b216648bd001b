import { DATA_KEY_BYTES, NAME_ONE, type Keyring, SHARE_BYTES } from "./data-key.ts";
import { untilEnough } from "./enough.ts";
import { type KeyAttempt, SopsError } from "../base/errors.ts";
import { EFFORTS, type Effort, type KeyGroup, type KeyService, type WrappedKey } from "./key.ts";
import { inOrder } from "./key-order.ts";
import { foreignReason } from "../base/foreign-error.ts";
import type { FitsFile, Quorum } from "./quorum.ts";
import {
  cannotUnwrap,
  doNotFit,
  type Failed,
  isShare,
  textsOf,
  tooHigh,
  type Tried,
} from "./unwrap-failure.ts";
import { isBytes } from "../base/realm.ts";
import { unwrapOnce } from "./unwrap-cache.ts";

/**
 * Recovers the data key (32 bytes). Each group is tried key by key: the types of `order` first, then what costs the
 * user least, then file order; the first success wins. Of several groups those that cost least are opened first, and no
 * more than it takes to get a data key that `fits` the file: of a file without that judge, as many as the threshold says.
 * Throws NO_DATA_KEY with the reason for each key where too few groups open, CANCELLED where the user gave up.
 */
export async function unwrapDataKey(
  groups: readonly KeyGroup[],
  threshold: number,
  order: readonly string[],
  ring: Keyring,
  fits?: FitsFile,
): Promise<Uint8Array> {
  if (ring.local === false && (ring.services ?? []).length === 0)
    throw new SopsError("NO_DATA_KEY", "cannot recover the data key: there is no key service to ask", {
      hint: NAME_ONE,
    });
  await ring.providers.load?.(groups.flatMap(({ keys }) => keys.map(({ type }) => type)));
  const [only, second] = groups;
  if (only !== undefined && second === undefined) return unwrapOnly(only, order, ring);
  if (threshold > groups.length) throw tooHigh(threshold, groups.length);
  // SOPS, too, goes by the shares where no threshold is written.
  const least = threshold === 0 && fits === undefined ? groups.length : threshold;
  const { Quorum } = await import("./quorum.ts");
  const quorum = new Quorum(least, fits ?? (() => true));
  const tried = await openGroups(groups, quorum, order, ring);
  const dataKey = quorum.dataKey;
  if (dataKey !== undefined) return dataKey;
  const opened = tried.filter(isShare).length;
  const needed = threshold === 0 ? groups.length : Math.max(threshold, 2);
  if (opened < needed) throw cannotUnwrap(tried, needed);
  // Whatever it opens: whoever opens the file says what is wrong with it, as SOPS does.
  if (opened === groups.length) return quorum.combined();
  const unproven = quorum.unproven;
  if (unproven === undefined) throw doNotFit(tried);
  return unproven;
}

async function unwrapOnly(group: KeyGroup, order: readonly string[], ring: Keyring): Promise<Uint8Array> {
  const tried = await unwrapGroup(group, DATA_KEY_BYTES, order, ring);
  if (isShare(tried)) return tried;
  throw cannotUnwrap([tried], 1);
}

/** Groups of equal effort side by side. Those that are not needed any more are called off; what they gave is left out. */
async function openGroups(
  groups: readonly KeyGroup[],
  quorum: Quorum,
  order: readonly string[],
  ring: Keyring,
): Promise<readonly Tried[]> {
  const rest = new AbortController();
  const signal = ring.signal === undefined ? rest.signal : AbortSignal.any([ring.signal, rest.signal]);
  const tried: Tried[] = groups.map(() => []);
  const isEnough = (): boolean => quorum.dataKey !== undefined;
  const open = async (group: KeyGroup, i: number): Promise<void> => {
    const share = await unwrapGroup(group, SHARE_BYTES, order, { ...ring, signal });
    tried[i] = share;
    if (isShare(share)) quorum.add(share);
  };
  try {
    for (const effort of EFFORTS) {
      if (isEnough()) break;
      const due = groups.map((group, i) => (effortOf(group, order, ring) === effort ? [open(group, i)] : []));
      await untilEnough(due.flat(), isEnough);
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

/** `length`: of what its keys hold. */
async function unwrapGroup(
  group: KeyGroup,
  length: number,
  order: readonly string[],
  ring: Keyring,
): Promise<Tried> {
  const attempts: Failed[] = [];
  for (const key of inOrder(group.keys, order, ring)) {
    for (const { service, unwrap } of unwrappersOf(key, ring)) {
      const tried = await attempt(unwrap, length);
      ring.signal?.throwIfAborted();
      if (isBytes(tried)) return tried;
      const { type, fields } = key;
      attempts.push({ key: { type, fields }, identity: shown(key, ring), service, ...tried });
    }
  }
  return attempts;
}

type Reason = Pick<KeyAttempt, "code" | "message" | "hint" | "cause">;

interface Unwrapper {
  /** The address of a service; undefined for ourselves. */
  readonly service?: string;
  /** The share, or why there is none. */
  readonly unwrap: () => Promise<Uint8Array | Reason>;
}

const notMine = (message: string): Reason => ({ code: "NOT_MINE", message });

function unwrappersOf(key: WrappedKey, ring: Keyring): readonly Unwrapper[] {
  const services = (ring.services ?? []).map((service): Unwrapper => ({
    service: service.name,
    unwrap: async () => (await unwrapThere(key, service, ring)) ?? notMine("it has no key for this"),
  }));
  return ring.local === false ? services : [{ unwrap: () => unwrapHere(key, ring) }, ...services];
}

function unwrapThere(key: WrappedKey, service: KeyService, ring: Keyring): Promise<Uint8Array | null> {
  return unwrapOnce(ring.host, key, service.name, () => service.unwrap(key, ring.signal));
}

async function unwrapHere(key: WrappedKey, ring: Keyring): Promise<Uint8Array | Reason> {
  const provider = ring.providers.get(key.type);
  if (provider === undefined)
    return { code: "UNKNOWN_KEY_TYPE", message: "this version of enc cannot use it yet" };
  const share = await unwrapOnce(ring.host, key, "", () => provider.unwrap(key, ring.host, ring.signal));
  return share ?? notMine((await provider.explain?.(key, ring.host)) ?? "no key of yours fits");
}

async function attempt(
  unwrap: () => Promise<Uint8Array | Reason>,
  length: number,
): Promise<Uint8Array | Reason> {
  try {
    const answer = await unwrap();
    if (!isBytes(answer) || answer.length === length) return answer;
    const wanted = `${String(length)}${length === SHARE_BYTES ? " as a share of the data key has" : ""}`;
    return { code: "UNWRAP_FAILED", message: `it holds ${String(answer.length)} bytes, not ${wanted}` };
  } catch (cause) {
    if (!(cause instanceof SopsError)) return { code: "FAILED", message: foreignReason(cause), cause };
    const { code, message, hint } = cause;
    // Whoever gives up at a question does not want the next one.
    if (code === "CANCELLED") throw cause;
    return { code, message, hint, cause };
  }
}

function shown(key: WrappedKey, { providers }: Keyring): string {
  return providers.get(key.type)?.identity(key) ?? textsOf(key)[0] ?? "";
}
