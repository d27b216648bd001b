import { wipe } from "./bytes.ts";
import { SopsError } from "./errors.ts";
import type { Host } from "./host.ts";
import type { KeyGroup, KeyProvider, KeyRef, KeyService, KeyType, WrappedKey } from "./key.ts";
import { inOrder } from "./key-order.ts";
import type { Runtime } from "./runtime.ts";
import { combine, split } from "./shamir.ts";
import { formatSeconds } from "./time.ts";
import { unwrapOnce } from "./unwrap-once.ts";

/** Bytes of a data key: AES-256. */
export const DATA_KEY_BYTES = 32;
/** `--decryption-order`, where it is not given. */
export const DEFAULT_ORDER: readonly string[] = ["age", "pgp"];

/** Who wraps and unwraps, and the world that they work in. */
export interface Keyring {
  readonly runtime: Runtime;
  readonly host: Host;
  readonly providers: ReadonlyMap<KeyType, KeyProvider>;
  /** Key services, asked in this order after the providers. */
  readonly services?: readonly KeyService[] | undefined;
  /** False: the providers wrap and unwrap nothing, only the services do. */
  readonly local?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Wrapped {
  readonly groups: KeyGroup[];
  readonly shamirThreshold: number;
}

/**
 * Wraps a data key for every master key of every group. One group: each key wraps all of it. More: group i gets
 * share i, and `threshold` groups are needed; 0 means all (spec section 10). Any key that fails fails the whole.
 * Throws NO_KEYS for no group or an empty one, BAD_SHARES for an impossible threshold.
 */
export async function wrapDataKey(
  dataKey: Uint8Array,
  groups: readonly (readonly KeyRef[])[],
  threshold: number,
  ring: Keyring,
): Promise<Wrapped> {
  if (groups.length === 0 || groups.some((g) => g.length === 0))
    throw new SopsError("NO_KEYS", "could not generate data key: [empty key group provided]", {
      hint: "name a recipient with --age, or add one to the creation rule of .sops-ts.yaml",
    });
  if (groups.length === 1)
    return { groups: await wrapGroups(groups, [dataKey], ring), shamirThreshold: threshold };
  const needed = threshold === 0 ? groups.length : threshold;
  const shares = split(dataKey, groups.length, needed, (n) => ring.runtime.randomBytes(n));
  const wrapped = await wrapGroups(groups, shares, ring);
  for (const share of shares) wipe(share);
  return { groups: wrapped, shamirThreshold: needed };
}

function wrapGroups(
  groups: readonly (readonly KeyRef[])[],
  shares: readonly Uint8Array[],
  ring: Keyring,
): Promise<KeyGroup[]> {
  return Promise.all(
    groups.map(async (refs, i) => {
      const share = shares[i] ?? new Uint8Array();
      return { keys: await Promise.all(refs.map((ref) => wrapOne(ref, share, ring))) };
    }),
  );
}

async function wrapOne(ref: KeyRef, share: Uint8Array, ring: Keyring): Promise<WrappedKey> {
  const provider = providerOf(ref.type, ring);
  const whole = (await provider.resolve?.(ref, ring.host, ring.signal)) ?? ref;
  const enc = await firstToWrap(whole, share, provider, ring);
  const dated = provider.fields.includes("created_at") && whole.fields["created_at"] === undefined;
  const now = formatSeconds(ring.runtime.now());
  return { type: ref.type, fields: dated ? { ...whole.fields, created_at: now } : whole.fields, enc };
}

/** The provider wraps, else the first service that can; where none can, the first error stands, the others behind it. */
async function firstToWrap(
  ref: KeyRef,
  share: Uint8Array,
  provider: KeyProvider,
  ring: Keyring,
): Promise<string> {
  const wrappers = [
    ...(ring.local === false ? [] : [() => provider.wrap(ref, share, ring.host, ring.signal)]),
    ...(ring.services ?? []).map((service) => () => wrapThere(ref, share, service, ring)),
  ];
  const failures: unknown[] = [];
  for (const wrap of wrappers) {
    try {
      return await wrap();
    } catch (error) {
      ring.signal?.throwIfAborted();
      failures.push(error);
    }
  }
  throw allOf(failures);
}

async function wrapThere(
  ref: KeyRef,
  share: Uint8Array,
  service: KeyService,
  ring: Keyring,
): Promise<string> {
  try {
    return await service.wrap(ref, share, ring.signal);
  } catch (error) {
    if (!(error instanceof SopsError)) throw error;
    throw new SopsError(error.code, `key service ${service.name}: ${error.message}`, { hint: error.hint });
  }
}

function allOf(failures: readonly unknown[]): unknown {
  if (failures.length === 0)
    return new SopsError("CONFLICTING_OPTIONS", "there is no key service to wrap the data key", {
      hint: NAME_ONE,
    });
  const [first, ...others] = failures;
  if (!(first instanceof SopsError) || others.length === 0) return first;
  const hint = [first.hint, ...others.map(reasonOf)].filter((line) => line !== undefined).join("\n");
  return new SopsError(first.code, first.message, { hint, place: first.place });
}

const NAME_ONE = "name one with --keyservice, or leave --enable-local-keyservice=false out";

function providerOf(type: KeyType, ring: Keyring): KeyProvider {
  const provider = ring.providers.get(type);
  if (provider !== undefined) return provider;
  throw new SopsError("UNKNOWN_KEY_TYPE", `this version of enc cannot use keys of type ${type} yet`, {
    hint: "use an age recipient, or the original sops for this key",
  });
}

/** One master key that did not give the data key, and why. */
interface Attempt {
  readonly key: string;
  readonly reason: string;
}

/**
 * Recovers the data key (32 bytes). Each group is tried key by key: the types of `order` first, then what costs the
 * user least, then file order; the first success wins. Throws NO_DATA_KEY with the reason for each key where too few groups open.
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
  const tried = await Promise.all(groups.map((group) => unwrapGroup(group, order, ring)));
  const opened = tried.filter((share) => share instanceof Uint8Array);
  const needed = groups.length === 1 ? 1 : threshold === 0 ? groups.length : threshold;
  if (opened.length < needed) throw cannotUnwrap(tried, needed);
  const dataKey = groups.length === 1 ? opened[0] : combine(opened);
  if (dataKey?.length === DATA_KEY_BYTES) return dataKey;
  throw new SopsError("NO_DATA_KEY", "the unwrapped data key does not have 32 bytes", {
    hint: "the file's metadata is damaged: restore it from git",
  });
}

/** The group's share, or all that was tried for it. */
async function unwrapGroup(
  group: KeyGroup,
  order: readonly string[],
  ring: Keyring,
): Promise<Uint8Array | readonly Attempt[]> {
  const attempts: Attempt[] = [];
  for (const key of inOrder(group.keys, order, ring)) {
    for (const { by, unwrap } of unwrappersOf(key, ring)) {
      const tried = await attempt(unwrap);
      ring.signal?.throwIfAborted();
      if (typeof tried !== "string") return tried;
      const name = ring.providers.get(key.type)?.identity(key) ?? nameOf(key);
      attempts.push({ key: `${key.type} ${name}${by}`, reason: tried });
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
    return reasonOf(error);
  }
}

/** What is not ours may hold anything: only its kind is told. */
function reasonOf(error: unknown): string {
  if (!(error instanceof SopsError))
    return `failed unexpectedly (${error instanceof Error ? error.name : typeof error})`;
  return error.hint === undefined ? error.message : `${error.message} (${error.hint})`;
}

function nameOf(key: WrappedKey): string {
  const named = Object.entries(key.fields).find(
    ([name, v]) => name !== "created_at" && typeof v === "string",
  );
  return typeof named?.[1] === "string" ? named[1] : "";
}

/** Says of each group that did not open, and of each key in it, why: those of groups that opened are no matter. */
function cannotUnwrap(tried: readonly (Uint8Array | readonly Attempt[])[], needed: number): SopsError {
  const many = tried.length > 1;
  const opened = tried.filter((share) => share instanceof Uint8Array).length;
  const reasons = tried.flatMap((attempts, i) =>
    attempts instanceof Uint8Array
      ? []
      : attempts.map(({ key, reason }) => `${many ? `group ${String(i)}: ` : ""}${key}: ${reason}`),
  );
  const message = many
    ? `cannot recover the data key: ${String(opened)} of ${String(tried.length)} key groups open, ${String(needed)} are needed`
    : "cannot recover the data key: none of the file's master keys can be used here";
  return new SopsError("NO_DATA_KEY", message, { hint: reasons.join("\n") });
}
