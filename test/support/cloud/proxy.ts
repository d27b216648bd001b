import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import { connect, type AddressInfo, type Server as NetServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSecureContext, type SecureContext } from "node:tls";
import { newAuthority, type Authority } from "./certificates.ts";

/**
 * Faults of the cloud. `denied`, `throttled` (once), `throttled always` and `expired` are answered by the handlers, each in the words of its service;
 * the others are the proxy's: `untrusted` (a certificate of a CA that nobody trusts), `slow` (no answer until the
 * fault is taken away), `down` (no connection).
 */
export type Fault = "denied" | "throttled" | "throttled always" | "expired" | "untrusted" | "slow" | "down";

/** What a handler may know of the cloud that it stands in. */
export interface CloudWorld {
  /** The faults that hold now. A test adds and deletes them; a handler deletes one that it shows only once. */
  readonly faults: Set<Fault>;
}

/** Answers a request, over HTTP/2 or HTTP/1.1: the compat API of node:http2. What it throws is answered with 500. */
export type Handler = (
  request: Http2ServerRequest,
  response: Http2ServerResponse,
  world: CloudWorld,
) => void | Promise<void>;

export interface Route {
  /** A host name in full, or a pattern of several. The first route that fits answers. */
  readonly host: string | RegExp;
  readonly handle: Handler;
}

interface LoggedRequest {
  readonly host: string;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly httpVersion: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface CloudOptions {
  readonly routes: readonly Route[];
  readonly faults?: readonly Fault[] | undefined;
}

export interface Cloud extends CloudWorld {
  /** `http://127.0.0.1:PORT` of the CONNECT proxy. */
  readonly proxyUrl: string;
  /** `https://127.0.0.1:PORT` of the TLS server behind it, for clients that take no proxy. */
  readonly directUrl: string;
  /** The certificate to trust: its text and its file, both PEM. */
  readonly caCert: string;
  readonly caFile: string;
  /** The variables by which a process of ours, and one of Go, gets into this cloud. */
  readonly envForEnc: Readonly<Record<string, string>>;
  readonly envForSops: Readonly<Record<string, string>>;
  /** Every request that reached a handler, in order. */
  readonly requests: LoggedRequest[];
  stop(): Promise<void>;
}

/**
 * A cloud on loopback: a CONNECT proxy that ends the TLS of every host name by itself. ALPN chooses HTTP/2 or HTTP/1.1.
 * Hosts without a route are answered with 502, so that no test ever reaches the internet.
 */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const world: CloudWorld = { faults: new Set(options.faults) };
  const authority = newAuthority(`sops-ts test CA ${randomUUID()}`);
  const requests: LoggedRequest[] = [];
  const sockets = new Set<Socket>();
  const secure = secureServer(authority, world, dispatcher(options.routes, world, requests));
  const directPort = await listen(secure, sockets);
  const proxy = connectProxy(options.routes, world, directPort);
  const proxyUrl = `http://127.0.0.1:${await listen(proxy, sockets)}`;
  const folder = mkdtempSync(join(tmpdir(), "enc-cloud-"));
  const caFile = join(folder, "ca.pem");
  writeFileSync(caFile, authority.cert);
  return {
    ...world,
    proxyUrl,
    directUrl: `https://127.0.0.1:${directPort}`,
    caCert: authority.cert,
    caFile,
    envForEnc: { HTTPS_PROXY: proxyUrl, NODE_EXTRA_CA_CERTS: caFile },
    envForSops: { HTTPS_PROXY: proxyUrl, SSL_CERT_FILE: caFile },
    requests,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await Promise.all([close(proxy), close(secure)]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const fits = (route: Route, host: string): boolean =>
  typeof route.host === "string" ? route.host === host : route.host.test(host);

const hostOf = (authority: string): string => authority.replace(/:\d+$/, "");

type Listener = (request: Http2ServerRequest, response: Http2ServerResponse) => void;

function dispatcher(routes: readonly Route[], world: CloudWorld, log: LoggedRequest[]): Listener {
  const answer: Handler = async (request, response) => {
    const host = hostOf(request.headers[":authority"] ?? request.headers.host ?? "");
    const { method, url, httpVersion, headers } = request;
    // A connection from before the fault.
    if (world.faults.has("down")) {
      request.socket.destroy();
      return;
    }
    log.push({ host, method, path: url, httpVersion, headers });
    await untilNot("slow", world);
    const route = routes.find((each) => fits(each, host));
    if (route === undefined) response.writeHead(502).end(`no route for ${host}`);
    else await route.handle(request, response, world);
  };
  return (request, response) => {
    Promise.resolve(answer(request, response, world)).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(String(error));
    });
  };
}

async function untilNot(fault: Fault, world: CloudWorld): Promise<void> {
  while (world.faults.has(fault)) await new Promise((resolve) => setTimeout(resolve, 20).unref());
}

/** One TLS server for all host names; where a client names none (an IP address), it shows that of 127.0.0.1. */
function secureServer(authority: Authority, world: CloudWorld, answer: Listener): NetServer {
  const stranger = newAuthority("a CA that nobody trusts");
  const contexts = new Map<string, SecureContext>();
  const contextOf = (host: string): SecureContext => {
    const trusted = !world.faults.has("untrusted");
    const name = `${host} ${trusted}`;
    const known = contexts.get(name) ?? createSecureContext((trusted ? authority : stranger).issue(host));
    contexts.set(name, known);
    return known;
  };
  const server = createSecureServer(
    {
      allowHTTP1: true,
      ...authority.issue("127.0.0.1"),
      SNICallback: (host, done) => {
        done(null, contextOf(host));
      },
    },
    answer,
  );
  server.on("sessionError", () => undefined);
  server.prependListener("connection", (socket: Socket) => {
    if (world.faults.has("down")) socket.destroy();
  });
  return server;
}

function connectProxy(routes: readonly Route[], world: CloudWorld, directPort: number): Server {
  const proxy = createServer((_, response) => response.writeHead(405).end());
  proxy.on("connect", (request, client, head) => {
    client.on("error", () => undefined);
    const known = routes.some((route) => fits(route, hostOf(request.url ?? "")));
    if (!known || world.faults.has("down")) {
      client.end("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    const upstream = connect(directPort, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on("error", () => client.destroy());
    upstream.on("close", () => client.destroy());
    client.on("close", () => upstream.destroy());
  });
  return proxy;
}

/** Listens on loopback at a port that the system chooses, and answers it. */
async function listen(server: NetServer, sockets: Set<Socket>): Promise<number> {
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return (server.address() as AddressInfo).port;
}

function close(server: NetServer): Promise<void> {
  return new Promise((resolve) =>
    server.close(() => {
      resolve();
    }),
  );
}

/** The whole body of a request. */
export async function bodyOf(request: Http2ServerRequest): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Ends a response with JSON. */
export function answerJson(
  response: Http2ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}
