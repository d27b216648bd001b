import { isKeyType } from "../../key-types/index.ts";
import { wipe } from "../base/bytes.ts";
import { SopsError } from "../base/errors.ts";
import type { Host } from "../ports/host.ts";
import {
  type KeyGroup,
  type KeyProvider,
  type KeyRef,
  type KeyService,
  type KeyType,
  type Providers,
  type WrappedKey,
} from "./key.ts";
import type { Runtime } from "../ports/runtime.ts";
import { formatSeconds } from "../base/time.ts";
import { foreignReason, reasonOf } from "../base/foreign-error.ts";

/** Bytes of a data key: AES-256. */
export const DATA_KEY_BYTES = 32;
/** A share is as long as the data key, and one byte for its x. */
export const SHARE_BYTES = DATA_KEY_BYTES + 1;

/** Who wraps and unwraps, and the world that they work in. */
export interface Keyring {
  readonly runtime: Runtime;
  readonly host: Host;
  readonly providers: Providers;
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
 * share i, and `threshold` groups are needed; 0 means all (format.md 10). Any key that fails fails the whole.
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
  if (!Number.isInteger(threshold))
    throw new SopsError(
      "BAD_SHARES",
      `the Shamir threshold must be a whole number, not ${String(threshold)}`,
      {
        hint: "set shamir_threshold to a number from 2 to the number of key groups",
      },
    );
  await ring.providers.load?.(groups.flat().map(({ type }) => type));
  if (groups.length === 1)
    return { groups: await wrapGroups(groups, [dataKey], ring), shamirThreshold: threshold };
  const needed = threshold === 0 ? groups.length : threshold;
  const { split } = await import("./shamir.ts");
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

/** A key as it will stand in the file: what its config left open is asked for (an Azure key's version). */
export async function completed(ref: KeyRef, ring: Keyring): Promise<KeyRef> {
  return (await ring.providers.get(ref.type)?.resolve?.(ref, ring.host, ring.signal)) ?? ref;
}

async function wrapOne(ref: KeyRef, share: Uint8Array, ring: Keyring): Promise<WrappedKey> {
  const provider = providerOf(ref.type, ring);
  const whole = await completed(ref, ring);
  const enc = await firstToWrap(whole, share, provider, ring);
  if (typeof enc !== "string" || enc === "") throw wrappedNothing(ref.type);
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
      failures.push(error instanceof SopsError ? error : foreignFailure(error, ref, provider));
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
    throw new SopsError(error.code, `key service ${service.name}: ${error.message}`, {
      hint: error.hint,
      cause: error,
    });
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
  const cause = new AggregateError(failures, "what the key and the key services failed with");
  return new SopsError(first.code, first.message, { hint, place: first.place, cause });
}

/** Of a provider that a program brought along. */
function foreignFailure(cause: unknown, ref: KeyRef, provider: KeyProvider): SopsError {
  const message = `cannot wrap the data key with ${ref.type} ${provider.identity(ref)}: ${foreignReason(cause)}`;
  return new SopsError("WRAP_FAILED", message, { cause });
}

/** What to do where only key services may unwrap, and none is named. */
export const NAME_ONE = "name one with --keyservice, or leave --enable-local-keyservice=false out";

function providerOf(type: KeyType, ring: Keyring): KeyProvider {
  // A sops block has no place for a key of another kind, whoever could wrap for it.
  const provider = isKeyType(type) ? ring.providers.get(type) : undefined;
  if (provider !== undefined) return provider;
  throw new SopsError("UNKNOWN_KEY_TYPE", `this version of enc cannot use keys of type ${type} yet`, {
    hint: "use an age recipient, or the original sops for this key",
  });
}

function wrappedNothing(type: KeyType): SopsError {
  return new SopsError("WRAP_FAILED", `the provider of ${type} answered no wrapped data key`, {
    hint: "wrap must answer the text that unwrap will get, and it must not be empty",
  });
}
