import { type ErrorCode, SopsError } from "../core/base/errors.ts";
import type { KeyProvider } from "../core/keys/key.ts";
import { loadingFailure } from "../core/ports/load-sdk.ts";

/**
 * A provider of ours, which throws nothing but SopsErrors and the user's own reason to cancel. What an SDK throws can hold
 * the request, and so the data key and the token: nobody who looks into a `cause` may find them.
 */
export function guarded(provider: KeyProvider): KeyProvider {
  const { wrap, unwrap, resolve } = unbound(provider);
  return {
    ...provider,
    ...(resolve === undefined
      ? {}
      : { resolve: (ref, host, signal) => safely("WRAP_FAILED", signal, () => resolve(ref, host, signal)) }),
    wrap: (ref, dataKey, host, signal) =>
      safely("WRAP_FAILED", signal, () => wrap(ref, dataKey, host, signal)),
    unwrap: (key, host, signal) => safely("UNWRAP_FAILED", signal, () => unwrap(key, host, signal)),
  };
}

type Calls = Pick<KeyProvider, "wrap" | "unwrap" | "resolve">;

function unbound(provider: Calls): { readonly [name in keyof Calls]: Calls[name] } {
  return {
    wrap: provider.wrap.bind(provider),
    unwrap: provider.unwrap.bind(provider),
    ...(provider.resolve === undefined ? {} : { resolve: provider.resolve.bind(provider) }),
  };
}

async function safely<T>(
  code: ErrorCode,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SopsError) throw error;
    signal?.throwIfAborted();
    throw loadingFailure(error) ?? unexpected(error, code);
  }
}

/** Its kind and where it arose, and no more. */
function unexpected(error: unknown, code: ErrorCode): SopsError {
  const { name, message, stack } = (error ?? {}) as Partial<Record<string, unknown>>;
  const kind = typeof name === "string" && /^\w{1,60}$/.test(name) ? name : typeof error;
  const cause = new Error("what it said is not kept: it could hold a secret");
  cause.stack = [`${kind}: ${cause.message}`, ...framesOf(stack, message)].join("\n");
  return new SopsError(code, `failed unexpectedly (${kind})`, { cause });
}

/** The lines of a stack after the message, which may be of many lines itself. */
function framesOf(stack: unknown, message: unknown): readonly string[] {
  if (typeof stack !== "string" || typeof message !== "string" || !stack.includes(message)) return [];
  const after = stack.slice(stack.indexOf(message) + message.length);
  return after.split("\n").filter((line) => /^ {4}at /.test(line));
}
