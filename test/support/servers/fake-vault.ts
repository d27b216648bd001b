import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { listenOnLoopback } from "./listen.ts";

export interface VaultRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface FakeVault {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Every request, in order. */
  readonly requests: VaultRequest[];
  /** What answers from now on. */
  answer: (request: VaultRequest, response: ServerResponse) => void;
  readonly stop: () => Promise<void>;
}

const PREFIX = "vault:v1:";

/** What this server makes of a plaintext: base64 has no characters that fall apart when turned round. */
export function wrapBackwards(base64: string): string {
  return PREFIX + base64.split("").reverse().join("");
}

/** The body of a transit engine that wraps by writing backwards. */
export function transitAnswer(request: VaultRequest): string {
  const sent = JSON.parse(request.body) as Readonly<Record<string, string>>;
  const { plaintext, ciphertext = "" } = sent;
  if (plaintext !== undefined) return JSON.stringify({ data: { ciphertext: wrapBackwards(plaintext) } });
  const backwards = wrapBackwards(ciphertext.slice(PREFIX.length)).slice(PREFIX.length);
  return JSON.stringify({ data: { plaintext: backwards } });
}

/** The wire protocol of transit, for what a real server does not do on demand: redirects, lies, cut connections. */
export async function fakeVault(): Promise<FakeVault> {
  const requests: VaultRequest[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const { method = "", url = "", headers } = incoming;
      const request = { method, path: url, headers, body: Buffer.concat(chunks).toString() };
      requests.push(request);
      fake.answer(request, response);
    });
  });
  const { port, stop } = await listenOnLoopback(server);
  const fake: FakeVault = {
    url: `http://127.0.0.1:${String(port)}`,
    requests,
    answer: (request, response) => response.end(transitAnswer(request)),
    stop,
  };
  return fake;
}
