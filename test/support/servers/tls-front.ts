import { connect } from "node:net";
import { createServer } from "node:tls";
import { listenOnLoopback } from "./listen.ts";

export interface TlsFront {
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  /** The server names that clients asked for, in order; false where they asked for none. */
  readonly names: (string | false | null)[];
  stop(): Promise<void>;
}

/** Texts are PEM. */
export interface TlsFrontOptions {
  readonly cert: string;
  readonly key: string;
  /** Clients must show a certificate of this CA. */
  readonly clientCa?: string;
}

/** Ends TLS in front of a plain server on a loopback port. */
export async function tlsFront(port: number, { cert, key, clientCa }: TlsFrontOptions): Promise<TlsFront> {
  const names: (string | false | null)[] = [];
  const asked = clientCa === undefined ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: true };
  const server = createServer({ cert, key, ...asked }, (client) => {
    names.push(client.servername);
    const behind = connect(port, "127.0.0.1");
    client.pipe(behind).pipe(client);
    for (const [one, other] of [
      [client, behind],
      [behind, client],
    ] as const) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
  });
  const { port: own, stop } = await listenOnLoopback(server);
  return { url: `https://127.0.0.1:${String(own)}`, names, stop };
}
