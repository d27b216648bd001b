import type { AddressInfo, Server, Socket } from "node:net";

export interface Listening {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/** Listens on loopback at a port that the system chooses. Stopping cuts what is open. */
export async function listenOnLoopback(server: Server): Promise<Listening> {
  const open = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => open.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => {
          resolve();
        });
      }),
  };
}
