import { tryFromUtf8 } from "../../core/base/bytes.ts";
import type { HttpRequest, HttpResponse } from "../../core/ports/host.ts";
import { isError } from "../../core/base/realm.ts";
import { pause, unreachable } from "../network.ts";
import { mayRedirect } from "./address.ts";
import type { Connection } from "./connection.ts";
import { connectionFailed, redirectRefused } from "./failure.ts";

/** Milliseconds before the second try; each further one waits that much longer, and a little that is random. */
const FIRST_WAIT = 1000;
const JITTER = 500;

/** What of a request node-vault hands to whoever sends it. */
export interface VaultRequest {
  readonly method: string;
  readonly uri: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly json?: unknown;
  /** The same where it is text already: JSON of ours, whose numbers JavaScript could not all hold. */
  readonly jsonText?: string | undefined;
}

export interface VaultAnswer {
  readonly statusCode: number;
  /** Parsed where it is JSON, else the text. */
  readonly body: unknown;
  readonly request: { readonly path: string };
}

/**
 * Sends a request of node-vault's over a connection of ours: its own client would send the token along wherever a
 * redirect points, takes no signal, and reads proxies from the process. One redirect is followed, as by HashiCorp's client.
 */
export async function exchange(request: VaultRequest, connection: Connection): Promise<VaultAnswer> {
  const url = new URL(request.uri);
  const first = await sendWithRetries(url, request, connection);
  const target = connection.redirects ? redirectOf(first, url) : null;
  if (target === null) return answerOf(first, url);
  if (!mayRedirect(url, target, connection.host)) throw redirectRefused(target, connection);
  return answerOf(await sendWithRetries(target, request, connection), target);
}

function redirectOf({ status, headers }: HttpResponse, from: URL): URL | null {
  const location = headers["location"];
  if (![301, 302, 307, 308].includes(status) || location === undefined || !URL.canParse(location, from.href))
    return null;
  return new URL(location, from.href);
}

function answerOf({ status, body }: HttpResponse, url: URL): VaultAnswer {
  return { statusCode: status, body: jsonOrText(tryFromUtf8(body) ?? ""), request: { path: url.pathname } };
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function sendWithRetries(
  url: URL,
  request: VaultRequest,
  connection: Connection,
): Promise<HttpResponse> {
  for (let tries = 1; ; tries++) {
    const answer = await send(url, request, connection);
    const last = tries > connection.retries;
    if (isError(answer) ? last || !isPassing(answer) : last || !isBusy(answer)) {
      if (isError(answer)) throw connectionFailed(answer, connection);
      return answer;
    }
    await waitBefore(tries, answer, connection);
  }
}

async function send(url: URL, request: VaultRequest, connection: Connection): Promise<HttpResponse | Error> {
  const { host, signal, transport } = connection;
  const body = request.jsonText ?? (request.json === undefined ? undefined : JSON.stringify(request.json));
  const type = body === undefined ? {} : { "Content-Type": "application/json" };
  const headers = { ...connection.headers, ...type, ...request.headers };
  const proxy = connection.proxyFor(url);
  const whole: HttpRequest = {
    ...transport,
    method: request.method,
    url: url.href,
    headers,
    body,
    proxy,
    signal,
  };
  try {
    signal.throwIfAborted();
    return await (host.request?.(whole) ?? Promise.reject(new Error("no connections here")));
  } catch (error) {
    return isError(error) ? error : new Error("failed");
  }
}

/** What HashiCorp's client tries again: too many requests, a lagging replica, a failing server; but not a sealed one. */
function isBusy({ status, body }: HttpResponse): boolean {
  if (status === 503 && /sealed/i.test(tryFromUtf8(body) ?? "")) return false;
  return status === 429 || status === 412 || (status >= 500 && status !== 501);
}

/** A connection that was cut may hold the next time; a wrong address, name or certificate stays wrong. */
function isPassing(error: Error): boolean {
  return /\((?:ECONNRESET|EPIPE|EAI_AGAIN)\)$/.test(unreachable(error)?.reason ?? "");
}

async function waitBefore(
  tries: number,
  answer: HttpResponse | Error,
  connection: Connection,
): Promise<void> {
  const asked = isError(answer) ? undefined : answer.headers["retry-after"];
  const seconds = asked !== undefined && /^\d{1,6}$/.test(asked) ? Number(asked) : undefined;
  const wait = seconds === undefined ? tries * (FIRST_WAIT + Math.random() * JITTER) : seconds * 1000;
  try {
    await pause(wait, connection.signal);
  } catch (error) {
    throw connectionFailed(error, connection);
  }
}
