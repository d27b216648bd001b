import type { Host } from "../core/ports/host.ts";
import { isError } from "../core/base/realm.ts";

/**
 * Milliseconds after which something is given up. Every wait for the network has one of these over the whole of it: name
 * resolution, proxy, TLS, and an answer that comes byte by byte. Tests shorten them.
 */
export const LIMITS = {
  /** One call to a key's server. */
  call: 30_000,
  /** Finding credentials: a person may have to type an MFA code. */
  login: 180_000,
  /** A file to or from its destination: more than a key. */
  upload: 120_000,
  /** A machine of a cloud answers in a few; elsewhere nobody has its address. */
  metadata: 3000,
  /** What a container of a cloud is told its credentials by. */
  machine: 10_000,
  /** A key service: someone may be asked there, or have to touch a key. */
  keyService: 300_000,
};

/** Longer ones would overflow the timers of the platform, which then fire at once: 24 days. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** A limit that is running. */
export interface Limit {
  /** Aborted by the user's signal, with its reason, or at the limit, with a TimeoutError. */
  readonly signal: AbortSignal;
  /** The work is done: nothing is waited for any more. */
  readonly end: () => void;
}

/**
 * `AbortSignal.any` with `AbortSignal.timeout` is not used: Node 20 collects the inner signal as garbage after some
 * seconds, and the limit never comes. This timer holds what it aborts, and keeps the process alive until then: one that
 * waits for nothing else would end without a word. `timeout` may be Infinity.
 */
export function startLimit(signal: AbortSignal | undefined, timeout = LIMITS.call): Limit {
  const controller = new AbortController();
  const cancel = (): void => {
    controller.abort(signal?.reason);
  };
  const atLimit = (): void => {
    controller.abort(new DOMException("no answer in time", "TimeoutError"));
  };
  const timer = timeout === Infinity ? undefined : setTimeout(atLimit, Math.min(timeout, LONGEST_TIMER));
  if (signal?.aborted === true) cancel();
  else signal?.addEventListener("abort", cancel, { once: true });
  return {
    signal: controller.signal,
    end: () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", cancel);
    },
  };
}

/** Waits `milliseconds`, or until the signal ends it with its reason. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", end);
      resolve();
    }, milliseconds);
    if (signal?.aborted === true) end();
    else signal?.addEventListener("abort", end, { once: true });
  });
}

/**
 * Makes a call that ends with `signal` or after `timeout` milliseconds, even where the callee heeds neither. Throws the
 * user's reason where they cancelled, a TimeoutError at the limit, else what `call` throws.
 */
export async function limited<T>(
  signal: AbortSignal | undefined,
  call: (limit: AbortSignal) => Promise<T>,
  timeout = LIMITS.call,
): Promise<T> {
  signal?.throwIfAborted();
  const limit = startLimit(signal, timeout);
  try {
    return await untilAborted(call(limit.signal), limit.signal);
  } catch (error) {
    limit.signal.throwIfAborted();
    throw error;
  } finally {
    limit.end();
  }
}

/** The promise, or a rejection with the reason of `signal` where that comes first. What is waited for goes on. */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Why a server was not reached. `reason` and `hint` are for people and hold nothing but the error's own code. */
export interface Unreachable {
  readonly reason: string;
  readonly hint: string;
}

/** The hint for a certificate of an unknown CA; a provider with a setting of its own for that says so in its place. */
export const CHECK_CA = "add the CA of your proxy or server to NODE_EXTRA_CA_CERTS";

/** The same where one of `variables` is set: its file is what counts, and NODE_EXTRA_CA_CERTS then adds nothing. */
export function hintOnCa(hint: string, host: Pick<Host, "env">, ...variables: readonly string[]): string {
  const name = variables.find((each) => (host.env(each) ?? "") !== "");
  return hint === CHECK_CA && name !== undefined
    ? `add the CA of your proxy or server to what ${name} names`
    : hint;
}

/** What the error codes of Node's sockets, resolver and TLS mean, and what to do. */
const REASONS: Readonly<Record<string, readonly [reason: string, hint: string]>> = {
  ECONNREFUSED: [
    "nothing listens there",
    "check the address, that the server runs, and HTTPS_PROXY if it is set",
  ],
  ECONNRESET: ["the connection was cut", "check the proxy, and that the address speaks TLS"],
  UND_ERR_SOCKET: ["the connection was cut", "check the proxy, and that the address speaks TLS"],
  // What fetch says of a connection by HTTP/2 that ends early.
  UND_ERR_INFO: ["the connection was cut", "check the proxy, and that the address is the right one"],
  EHOSTUNREACH: ["no route to the host", "check the network or the VPN"],
  ENETUNREACH: ["no route to the network", "check the network or the VPN"],
  ENOTFOUND: ["its name is unknown", "check the address, the network and HTTPS_PROXY"],
  EAI_AGAIN: ["its name cannot be resolved now", "check the network, the VPN and HTTPS_PROXY"],
  ETIMEDOUT: ["no answer in time", "check the network, the VPN and HTTPS_PROXY"],
  UND_ERR_CONNECT_TIMEOUT: ["no answer in time", "check the network, the VPN and HTTPS_PROXY"],
  ECONNABORTED: ["no answer in time", "check the network, the VPN and HTTPS_PROXY"],
  DEPTH_ZERO_SELF_SIGNED_CERT: ["its TLS certificate is self-signed", CHECK_CA],
  SELF_SIGNED_CERT_IN_CHAIN: ["its TLS certificate ends in an unknown CA", CHECK_CA],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ["its TLS certificate comes from an unknown CA", CHECK_CA],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ["its TLS certificate comes from an unknown CA", CHECK_CA],
  CERT_HAS_EXPIRED: ["its TLS certificate has expired", "renew it, or check this machine's clock"],
  ERR_TLS_CERT_ALTNAME_INVALID: ["its TLS certificate is for another name", "check the address"],
  EPIPE: ["the connection was cut", "check the proxy, and that the address speaks TLS"],
  UNABLE_TO_GET_ISSUER_CERT: ["its TLS certificate comes from an unknown CA", CHECK_CA],
  CERT_SIGNATURE_FAILURE: ["its TLS certificate comes from another CA of the same name", CHECK_CA],
  CERT_NOT_YET_VALID: ["its TLS certificate is not valid yet", "check this machine's clock"],
  ERR_ANSWER_TOO_LONG: ["its answer is too long", "check the address"],
  ERR_PROXY_REFUSED: ["the proxy refused the connection", "check the proxy, its user name and its password"],
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: [
    "it wants a client certificate",
    "give it a client certificate",
  ],
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: ["TLS fails", "check whether it wants a client certificate"],
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: ["it refuses the client certificate", "check which CA it trusts"],
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: ["it refuses the client certificate", "check which CA it trusts"],
  HPE_INVALID_CONSTANT: ["it does not speak HTTP", "check the address: https or http, and the port"],
  EPROTO: ["it does not speak TLS", "check the address: https or http, and the port"],
  ERR_SSL_WRONG_VERSION_NUMBER: ["it does not speak TLS", "check the address: https or http, and the port"],
};

/** Why the network failed, or null where `error` and its causes tell of something else. */
export function unreachable(error: unknown): Unreachable | null {
  for (const each of causesOf(error)) {
    if (each.name === "TimeoutError") return toldBy("ETIMEDOUT");
    const known = "code" in each ? toldBy(String(each.code)) : null;
    if (known !== null) return known;
  }
  return null;
}

function toldBy(code: string): Unreachable | null {
  const known = REASONS[code];
  return known === undefined ? null : { reason: `${known[0]} (${code})`, hint: known[1] };
}

/** An error, what it wraps, and each attempt where several addresses were tried. At most 16: causes can go in circles. */
function causesOf(error: unknown): readonly Error[] {
  const found: Error[] = [];
  const waiting: unknown[] = [error];
  for (let next = waiting.shift(); next !== undefined && found.length < 16; next = waiting.shift()) {
    if (!isError(next)) continue;
    found.push(next);
    waiting.push(
      next.cause,
      ...("errors" in next && Array.isArray(next.errors) ? (next.errors as unknown[]) : []),
    );
  }
  return found;
}
