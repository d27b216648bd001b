import { createServer, request as send } from "node:http";
import { connect } from "node:net";
import { listenOnLoopback } from "./listen.ts";

export interface ForwardProxy {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** `METHOD TARGET AUTHORIZATION` of each request, in order. */
  readonly log: string[];
  stop(): Promise<void>;
}

/** A proxy that tunnels for TLS and forwards plain requests; with `auth` (`user:password`) only for who knows it. */
export async function forwardProxy(auth?: string): Promise<ForwardProxy> {
  const log: string[] = [];
  const wanted = auth === undefined ? undefined : `Basic ${Buffer.from(auth).toString("base64")}`;
  const server = createServer((request, response) => {
    const { "proxy-authorization": given, ...headers } = request.headers;
    log.push(`${request.method ?? ""} ${request.url ?? ""} ${given ?? ""}`.trim());
    if (given !== wanted) {
      response.writeHead(407).end();
      return;
    }
    const onward = send(request.url ?? "", { method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.writeHead(502).end());
    request.pipe(onward);
  });
  server.on("connect", (request, client, head) => {
    const given = request.headers["proxy-authorization"];
    log.push(`CONNECT ${request.url ?? ""} ${given ?? ""}`.trim());
    if (given !== wanted) {
      client.end("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    const [host = "", port = ""] = (request.url ?? "").split(":");
    const behind = connect(Number(port), host, () => {
      client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      behind.write(head);
      behind.pipe(client).pipe(behind);
    });
    behind.on("error", () => client.destroy());
    behind.on("close", () => client.destroy());
    client.on("error", () => behind.destroy());
    client.on("close", () => behind.destroy());
  });
  const { port, stop } = await listenOnLoopback(server);
  return { url: `http://127.0.0.1:${String(port)}`, log, stop };
}
