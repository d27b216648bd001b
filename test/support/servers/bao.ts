import { randomBytes } from "node:crypto";
import { requirePart } from "../parts.ts";
import { type RunningServer, startServer } from "./process.ts";

export interface Bao extends RunningServer {
  /** Of the root. */
  readonly token: string;
  /**
   * Calls its HTTP API (`path` without `/v1/`) as the root, or with another `token`, and answers the JSON body, null
   * where there is none. Throws for any status but 2xx.
   */
  call(method: string, path: string, body?: unknown, token?: string): Promise<unknown>;
}

/** OpenBao in development mode: unsealed, in memory, KV version 2 mounted at `secret/`; mount transit yourself. */
export async function startBao(): Promise<Bao> {
  const token = `root-${randomBytes(12).toString("hex")}`;
  const server = await startServer({
    program: requirePart("bao"),
    args: (port) => [
      "server",
      "-dev",
      "-dev-no-store-token",
      `-dev-root-token-id=${token}`,
      `-dev-listen-address=127.0.0.1:${String(port)}`,
    ],
    ready: "/v1/sys/health",
  });
  const call: Bao["call"] = async (method, path, body, as = token) => {
    const response = await fetch(`${server.url}/v1/${path}`, {
      method,
      headers: { "X-Vault-Token": as, "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${String(response.status)} ${text}`);
    return text === "" ? null : (JSON.parse(text) as unknown);
  };
  return { ...server, token, call };
}
