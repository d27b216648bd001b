import { tryFromUtf8, utf8, wipe } from "../../core/base/bytes.ts";
import { type ErrorCode, SopsError } from "../../core/base/errors.ts";
import type { Host } from "../../core/ports/host.ts";
import type { KeyProvider, KeyRef, Providers } from "../../core/keys/key.ts";
import { type Method, STATUS, StatusError } from "./grpc.ts";
import { decodeRequest, encodeResponse } from "./messages.ts";
import { MalformedMessage } from "./protobuf.ts";
import type { Handler } from "./server.ts";

export interface KeyServiceWorld {
  readonly host: Host;
  readonly providers: Providers;
  /** Asked before a key is used; `what` is for people: `decrypt with age key age1...`. Default: all are allowed. */
  readonly approve?: ((what: string, signal: AbortSignal) => Promise<boolean>) | undefined;
  /** Told of each request when it is answered. Holds no secret. */
  readonly log?: ((line: string) => void) | undefined;
}

/** The key service itself: unwraps and wraps for others with the keys of this machine. Nothing is kept between calls. */
export function keyServiceMethods(world: KeyServiceWorld): Handler {
  return async (method, message, signal) => {
    const { key, payload } = decode(message);
    if (key === null) throw new StatusError(STATUS.NOT_FOUND, "Must provide a key");
    const provider = world.providers.get(key.type);
    if (provider === undefined)
      throw new StatusError(STATUS.NOT_FOUND, `keys of type ${key.type} cannot be used here`);
    const what = `${method} with ${key.type} key ${provider.identity(key)}`;
    try {
      if ((await world.approve?.(what, signal)) === false)
        throw new StatusError(STATUS.PERMISSION_DENIED, "Request rejected by user");
      const answer = await use(provider, method, { key, payload }, world.host, signal);
      world.log?.(`${what}: done`);
      return answer;
    } catch (error) {
      const told = asStatus(error);
      world.log?.(`${what}: ${told.message}`);
      throw told;
    }
  };
}

function decode(message: Uint8Array): ReturnType<typeof decodeRequest> {
  try {
    return decodeRequest(message);
  } catch (error) {
    if (!(error instanceof MalformedMessage)) throw error;
    throw new StatusError(STATUS.INTERNAL, `the message cannot be read: ${error.message}`);
  }
}

async function use(
  provider: KeyProvider,
  method: Method,
  { key, payload }: { readonly key: KeyRef; readonly payload: Uint8Array },
  host: Host,
  signal: AbortSignal,
): Promise<Uint8Array> {
  if (method === "encrypt") {
    const enc = await provider.wrap(key, payload, host, signal);
    wipe(payload);
    return encodeResponse(utf8(enc));
  }
  const enc = tryFromUtf8(payload);
  if (enc === null) throw new StatusError(STATUS.INVALID_ARGUMENT, "the wrapped key is no text");
  const wrapped = { ...key, enc };
  const dataKey = await provider.unwrap(wrapped, host, signal);
  if (dataKey === null)
    throw new StatusError(STATUS.NOT_FOUND, (await provider.explain?.(wrapped, host)) ?? "no key here fits");
  const answer = encodeResponse(dataKey);
  wipe(dataKey);
  return answer;
}

/** The statuses that tell a client more than that it failed. */
const STATUSES: Partial<Record<ErrorCode, number>> = {
  KEY_DENIED: STATUS.PERMISSION_DENIED,
  ADDRESS_NOT_ALLOWED: STATUS.PERMISSION_DENIED,
  KEY_NOT_FOUND: STATUS.NOT_FOUND,
  KEY_UNUSABLE: STATUS.FAILED_PRECONDITION,
  NOT_LOGGED_IN: STATUS.UNAUTHENTICATED,
  UNREACHABLE: STATUS.UNAVAILABLE,
  THROTTLED: STATUS.RESOURCE_EXHAUSTED,
  BAD_RECIPIENT: STATUS.INVALID_ARGUMENT,
};

/** An error that is not ours may hold anything: it is not told. */
function asStatus(error: unknown): StatusError {
  if (error instanceof StatusError) return error;
  if (!(error instanceof SopsError)) return new StatusError(STATUS.INTERNAL, "internal error");
  const { code, message, hint } = error;
  return new StatusError(
    STATUSES[code] ?? STATUS.UNKNOWN,
    hint === undefined ? message : `${message} (${hint})`,
  );
}
