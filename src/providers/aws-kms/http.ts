import { fromUtf8 } from "../../core/base/bytes.ts";
import { SopsError } from "../../core/base/errors.ts";
import type { Host, TlsSettings } from "../../core/ports/host.ts";
import { isBytes } from "../../core/base/realm.ts";
import { proxyFromEnv } from "../proxy.ts";

/** What the SDK hands to a request handler (Smithy's `HttpRequest`), as far as it is used. */
interface SdkRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number | undefined;
  readonly path: string;
  readonly query: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface SdkResponse {
  readonly response: {
    readonly statusCode: number;
    readonly headers: Record<string, string>;
    readonly body: Uint8Array;
  };
}

export interface SdkHandler {
  readonly metadata: { readonly handlerProtocol: string };
  handle(request: SdkRequest): Promise<SdkResponse>;
  destroy(): void;
  /** Wanted by the SDK's types; the handler has no settings of its own. */
  updateHttpClientConfig(): void;
  httpHandlerConfigs(): Record<string, never>;
}

/**
 * Sends the SDK's requests by the host: the SDK itself knows neither HTTPS_PROXY nor AWS_CA_BUNDLE, and gives the
 * clients that it makes for STS and SSO no way to be cancelled. Undefined where the host has no such means: then the
 * SDK's own is used.
 */
export async function sdkHandler(host: Host, signal: AbortSignal): Promise<SdkHandler | undefined> {
  if (host.request === undefined) return undefined;
  const tls = await tlsSettings(host);
  return {
    metadata: { handlerProtocol: "http/1.1" },
    handle: (request) => send(request, host, tls, signal),
    destroy: () => undefined,
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
  };
}

async function send(
  request: SdkRequest,
  host: Host,
  tls: TlsSettings | undefined,
  signal: AbortSignal,
): Promise<SdkResponse> {
  signal.throwIfAborted();
  const url = urlOf(request);
  const answer = await host.request?.({
    method: request.method,
    url: url.href,
    headers: withoutHost(request.headers),
    body: bodyText(request.body),
    tls,
    proxy: proxyFromEnv(url, host),
    signal,
  });
  if (answer === undefined) throw new Error("this platform has no HTTP");
  return { response: { statusCode: answer.status, headers: { ...answer.headers }, body: answer.body } };
}

function urlOf({ protocol, hostname, port, path, query }: SdkRequest): URL {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    (Array.isArray(value) ? (value as readonly string[]) : [value]).map(
      (item) => encode(name) + (typeof item === "string" ? `=${encode(item)}` : ""),
    ),
  );
  const search = pairs.length === 0 ? "" : `?${pairs.join("&")}`;
  return new URL(`${protocol}//${hostname}${port === undefined ? "" : `:${String(port)}`}${path}${search}`);
}

/** As the signature has it: everything but letters, digits and `-_.~`. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Host and length are set from the URL and the body. */
function withoutHost(headers: Readonly<Record<string, string>>): Record<string, string> {
  const set = Object.entries(headers).filter(([name]) => !/^(?:host|content-length)$/i.test(name));
  return Object.fromEntries(set);
}

function bodyText(body: unknown): string | undefined {
  if (body === undefined || typeof body === "string") return body;
  if (isBytes(body)) return fromUtf8(body);
  throw new Error("a request of this kind is not sent");
}

/** Of AWS_CA_BUNDLE. Throws FILE_NOT_FOUND. */
export async function tlsSettings(host: Host): Promise<TlsSettings | undefined> {
  const path = host.env("AWS_CA_BUNDLE") ?? "";
  if (path === "") return undefined;
  const bundle = await host.readFile(path);
  if (bundle !== null) return { ca: [fromUtf8(bundle)] };
  throw new SopsError("FILE_NOT_FOUND", `the file that AWS_CA_BUNDLE names does not exist: ${path}`, {
    hint: "correct the variable AWS_CA_BUNDLE, or unset it",
  });
}
