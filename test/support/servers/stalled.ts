import { createServer, type AddressInfo, type Socket } from "node:net";

export interface StalledServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  /** Connections that are open now. */
  running(): number;
  /** Settles when someone has connected. */
  reached(): Promise<void>;
  stop(): Promise<void>;
}

/** A server that takes every connection and never answers: what a call is cancelled against. */
export async function stalledServer(): Promise<StalledServer> {
  const open = new Set<Socket>();
  const waiting: (() => void)[] = [];
  const server = createServer((socket) => {
    open.add(socket);
    for (const tell of waiting.splice(0)) tell();
    socket.on("close", () => open.delete(socket));
    socket.on("error", () => undefined);
    socket.resume();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    port,
    running: () => open.size,
    reached: () => (open.size > 0 ? Promise.resolve() : new Promise((tell) => waiting.push(tell))),
    stop: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => {
          resolve();
        });
      }),
  };
}
