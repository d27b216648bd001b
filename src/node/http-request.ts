import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import { request as httpRequestTo } from "node:http";
import { request as httpsRequestTo } from "node:https";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls, type ConnectionOptions } from "node:tls";
import type { HttpRequest, HttpResponse, TlsSettings } from "../core/ports/host.ts";

/** Answers of a key server are small, and its address may come from a file. */
const MOST_BYTES = 4 * 1024 * 1024;

const PROXY_AUTH_REQUIRED = 407;

/**
 * One HTTP exchange on a connection of its own. Nothing of the environment is obeyed and no redirect is followed.
 * Fails with Node's own errors and their codes; ERR_PROXY_REFUSED where a proxy does not take us,
 * ERR_ANSWER_TOO_LONG.
 */
export async function httpRequest(request: HttpRequest): Promise<HttpResponse> {
  const url = new URL(request.url);
  const sent = request.proxy === undefined ? direct(url, request) : await proxied(url, request);
  sent.end(request.body);
  const answer = await answerTo(sent);
  if (request.proxy !== undefined && answer.statusCode === PROXY_AUTH_REQUIRED) {
    answer.destroy();
    throw proxyRefused(answer.statusCode);
  }
  return responseOf(answer, request.mostBytes ?? MOST_BYTES);
}

function direct(url: URL, request: HttpRequest): ClientRequest {
  if (url.protocol === "http:")
    return httpRequestTo(url, { ...optionsOf(request), agent: false, socketPath: request.socketPath });
  return httpsRequestTo(url, { ...optionsOf(request), ...tlsOptions(request.tls), agent: false });
}

async function proxied(url: URL, request: HttpRequest): Promise<ClientRequest> {
  const proxy = new URL(request.proxy ?? "");
  if (url.protocol === "http:") return throughProxy(url, proxy, request);
  const tunnel = await tunnelTo(url, proxy, request);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const tls = { host, servername: isIP(host) === 0 ? host : "", ...tlsOptions(request.tls) };
  return httpsRequestTo(url, {
    ...optionsOf(request),
    createConnection: () => connectTls({ ...tls, socket: tunnel }),
  });
}

/** To a plain HTTP server, by its whole address. */
function throughProxy(url: URL, proxy: URL, request: HttpRequest): ClientRequest {
  const path = url.origin + url.pathname + url.search;
  const auth = basicAuth(url);
  const headers = {
    ...(auth === undefined ? {} : { authorization: auth }),
    ...request.headers,
    host: url.host,
    ...proxyAuth(proxy),
  };
  return toProxy(proxy, { ...optionsOf(request), path, headers, agent: false }, request.tls);
}

function tunnelTo(url: URL, proxy: URL, request: HttpRequest): Promise<Duplex> {
  const target = `${url.hostname}:${url.port === "" ? "443" : url.port}`;
  const headers = { host: target, ...proxyAuth(proxy) };
  const asked = toProxy(
    proxy,
    { method: "CONNECT", path: target, headers, signal: request.signal, agent: false },
    request.tls,
  );
  asked.end();
  return new Promise((resolve, reject) => {
    asked.on("error", reject);
    asked.on("response", (response: IncomingMessage) => {
      asked.destroy();
      reject(proxyRefused(response.statusCode));
    });
    asked.on("connect", (response: IncomingMessage, socket: Duplex) => {
      if (response.statusCode === 200) resolve(socket);
      else {
        socket.destroy();
        reject(proxyRefused(response.statusCode));
      }
    });
  });
}

function toProxy(proxy: URL, options: RequestOptions, tls: TlsSettings | undefined): ClientRequest {
  if (proxy.protocol === "https:")
    return httpsRequestTo({ ...addressOf(proxy), ...options, ca: tls?.ca?.slice() });
  return httpRequestTo({ ...addressOf(proxy), ...options });
}

function addressOf(url: URL): RequestOptions {
  const port = url.port === "" ? undefined : Number(url.port);
  return { protocol: url.protocol, hostname: url.hostname.replace(/^\[|\]$/g, ""), port };
}

function proxyAuth(proxy: URL): Record<string, string> {
  const auth = basicAuth(proxy);
  return auth === undefined ? {} : { "proxy-authorization": auth };
}

function basicAuth({ username, password }: URL): string | undefined {
  if (username === "" && password === "") return undefined;
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(pair).toString("base64")}`;
}

function proxyRefused(status = 0): Error {
  return Object.assign(new Error(`the proxy answered ${String(status)}`), { code: "ERR_PROXY_REFUSED" });
}

function optionsOf({ method, headers, body, signal }: HttpRequest): RequestOptions {
  const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
  return { method, headers: { ...headers, ...length }, signal };
}

/** Only what is set: an option that is there but undefined can still undo a default. */
function tlsOptions(tls: TlsSettings = {}): ConnectionOptions {
  return {
    ...(tls.ca === undefined ? {} : { ca: tls.ca.slice() }),
    ...(tls.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls.key === undefined ? {} : { key: tls.key }),
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
    ...(tls.verify === false ? { rejectUnauthorized: false } : {}),
  };
}

function answerTo(sent: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sent.on("error", reject);
    sent.on("response", resolve);
  });
}

async function responseOf(answer: IncomingMessage, mostBytes: number): Promise<HttpResponse> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > mostBytes)
      throw Object.assign(new Error("the answer is too long"), { code: "ERR_ANSWER_TOO_LONG" });
    chunks.push(chunk);
  }
  const headers = Object.entries(answer.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value] as const],
  );
  return {
    status: answer.statusCode ?? 0,
    headers: Object.fromEntries(headers),
    body: new Uint8Array(Buffer.concat(chunks)),
  };
}
