import { loadSdk } from "../../core/ports/load-sdk.ts";
import type { Connection } from "./connection.ts";
import { exchange, type VaultRequest } from "./exchange.ts";
import { isError } from "../../core/base/realm.ts";

/** The part of node-vault that is used. */
export interface VaultClient {
  request(options: {
    readonly method: string;
    readonly path: string;
    readonly json?: unknown;
  }): Promise<unknown>;
}

/** A client for one server. Fails with what `exchange` throws, and node-vault's error for a status other than 200 and 204. */
export async function openClient(connection: Connection): Promise<VaultClient> {
  const { nodeVault } = await loadSdk("vault", () => import("./sdk.ts"));
  const client = nodeVault({
    endpoint: connection.endpoint,
    // Its own would write whole requests, data keys included, to stderr when DEBUG says so.
    debug: () => undefined,
    "request-promise": { defaults: () => (request: VaultRequest) => exchange(request, connection) },
  });
  // Set here as well where there is nothing: it takes what it is not given from the variables of the process.
  return Object.assign(client, {
    token: connection.token?.text ?? "",
    namespace: connection.namespace ?? "",
    pathPrefix: "",
  });
}

/** Status and body of a call that a server refused, where `error` is node-vault's for that. */
export function refusalOf(error: unknown): { readonly status: number; readonly body: unknown } | null {
  const response = isError(error) && "response" in error ? error.response : undefined;
  if (typeof response !== "object" || response === null || !("statusCode" in response)) return null;
  return { status: Number(response.statusCode), body: "body" in response ? response.body : undefined };
}
