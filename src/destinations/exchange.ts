import { SopsError } from "../core/base/errors.ts";
import type { Host, HttpRequest, HttpResponse } from "../core/ports/host.ts";
import { isError } from "../core/base/realm.ts";
import { LIMITS, limited, pause, unreachable } from "../providers/network.ts";
import { proxyFromEnv } from "../providers/proxy.ts";

/** Milliseconds before the second and the third try. */
const WAITS = [400, 1600];

/** What stands at a destination is a file that a program of ours could open: no text of V8 is longer. */
const MOST_BYTES = 2 ** 29;

/** A request of which only the service knows what to say. `service`: what it is called in messages. */
export interface Sending {
  readonly service: string;
  readonly host: Host;
  readonly signal: AbortSignal | undefined;
}

type Request = Pick<HttpRequest, "method" | "url" | "headers" | "body" | "tls">;

/**
 * Sends a request, made anew for each try since a signature has a time, by the proxy of the environment. A server that is
 * busy or fails is asked again. No redirect is followed: that would take the login along. Throws UNREACHABLE.
 */
export async function exchange(make: () => Promise<Request>, sending: Sending): Promise<HttpResponse> {
  for (let tries = 0; ; tries++) {
    const answer = await attempt(make, sending);
    const wait = WAITS[tries];
    if (wait === undefined || !isPassing(answer)) {
      if (isError(answer)) throw failed(answer, sending);
      return answer;
    }
    await pause(wait * (0.5 + Math.random() / 2), sending.signal);
  }
}

async function attempt(
  make: () => Promise<Request>,
  { host, signal }: Sending,
): Promise<HttpResponse | Error> {
  const request = await make();
  if (host.request === undefined)
    throw new SopsError("UNSUPPORTED", "nothing can be published here", { hint: "use sops-ts/node" });
  const { request: send } = host;
  const whole = { mostBytes: MOST_BYTES, ...request, proxy: proxyFromEnv(new URL(request.url), host) };
  try {
    return await limited(signal, (limit) => send({ ...whole, signal: limit }), LIMITS.upload);
  } catch (error) {
    signal?.throwIfAborted();
    return isError(error) ? error : new Error("failed");
  }
}

function isPassing(answer: HttpResponse | Error): boolean {
  if (isError(answer)) return /\((?:ECONNRESET|EPIPE|EAI_AGAIN)\)$/.test(unreachable(answer)?.reason ?? "");
  return answer.status === 429 || (answer.status >= 500 && answer.status !== 501);
}

function failed(error: Error, { service }: Sending): SopsError {
  const known = unreachable(error);
  return new SopsError(
    "UNREACHABLE",
    `${service} was not reached: ${known?.reason ?? "the connection fails"}`,
    {
      hint: known?.hint ?? "check the network and HTTPS_PROXY",
    },
  );
}
