import { createServer, type Socket } from "node:net";
import { listenOnLoopback } from "./listen.ts";

/** What a server does that is asked: nothing, the head of an answer and no more, or a byte of it now and then. */
export const SLOW_KINDS = ["silent", "stalls", "drips"] as const;
export type SlowKind = (typeof SLOW_KINDS)[number];

export interface SlowServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  /** Connections that are open now. */
  running(): number;
  stop(): Promise<void>;
}

const HEAD = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nmetadata-flavor: Google\r\n";
const BODY = 'content-length: 100000\r\n\r\n{"data":';
/** Milliseconds between two bytes: a limit that starts anew with each of them never comes. */
const DRIP = 20;

/** A server that takes every connection and every request, and never comes to an end. */
export async function slowServer(kind: SlowKind): Promise<SlowServer> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("error", () => undefined);
    socket.once("data", () => {
      if (kind !== "silent") answer(socket, kind === "drips");
    });
    socket.resume();
  });
  const { port, stop } = await listenOnLoopback(server);
  return { url: `http://127.0.0.1:${String(port)}`, port, running: () => open.size, stop };
}

function answer(socket: Socket, drips: boolean): void {
  socket.write(HEAD + BODY);
  if (!drips) return;
  const timer = setInterval(() => socket.write(" "), DRIP);
  socket.on("close", () => {
    clearInterval(timer);
  });
}
