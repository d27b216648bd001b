import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** What the server answers next; the last one stays. */
export interface KmsAnswer {
  readonly status: number;
  /** The name of the error, in KMS' JSON. */
  readonly type?: string;
  readonly message?: string;
  /** Milliseconds to wait before it. */
  readonly delay?: number;
  /** In place of an error. */
  readonly body?: unknown;
}

export interface KmsErrorServer {
  readonly url: string;
  /** Operations that were asked for, such as `TrentService.Encrypt`. */
  readonly asked: string[];
  /** Headers of the last request. */
  lastHeaders(): IncomingMessage["headers"];
  answer(...answers: readonly KmsAnswer[]): void;
  stop(): Promise<void>;
}

/** Speaks KMS' wire protocol (AWS JSON 1.1), only to refuse: the faults that moto cannot be brought to. */
export async function kmsErrorServer(): Promise<KmsErrorServer> {
  const asked: string[] = [];
  let queue: KmsAnswer[] = [];
  let headers: IncomingMessage["headers"] = {};
  const server = createServer((request, response) => {
    asked.push(String(request.headers["x-amz-target"]));
    headers = request.headers;
    const [next = { status: 500 }] = queue.length > 1 ? queue.splice(0, 1) : queue;
    request.resume();
    request.on("end", () => {
      setTimeout(() => {
        response.writeHead(next.status, { "content-type": "application/x-amz-json-1.1" });
        response.end(JSON.stringify(next.body ?? { __type: next.type, message: next.message ?? "" }));
      }, next.delay ?? 0);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    asked,
    lastHeaders: () => headers,
    answer: (...answers) => {
      asked.length = 0;
      queue = [...answers];
    },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}
