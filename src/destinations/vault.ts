import { utf8, fromUtf8 } from "../core/base/bytes.ts";
import type { Target, VaultSpec } from "../core/ports/destination.ts";
import { SopsError } from "../core/base/errors.ts";
import type { Host } from "../core/ports/host.ts";
import { type Connection, refuseConnection, withConnection } from "../providers/vault/connection.ts";
import { exchange, type VaultAnswer } from "../providers/vault/exchange.ts";
import { isPlainAddress, shownAddress } from "../providers/vault/transit-key.ts";
import { escapedPath } from "./names.ts";
import { notRead, notWritten } from "./vault/failure.ts";

/** What the clients of Vault take where nobody names a server. */
const DEFAULT_ADDRESS = "https://127.0.0.1:8200";

/**
 * Secrets in a key-value engine of Vault or OpenBao, each the data of one file. The config chooses who gets the data and
 * the user's token, as a file's metadata does for a transit key; the same rules hold (providers/vault/address.ts), and
 * nothing is sent before the user was asked.
 */
export function vaultTarget(spec: VaultSpec, host: Host, signal: AbortSignal | undefined): Target {
  const address = checkedAddress(spec.address || host.env("VAULT_ADDR") || DEFAULT_ADDRESS);
  const naming = { address, what: "the destination", byUser: spec.address === "" };
  const path = (name: string): string => secretPath(spec, name);
  const call = (method: string, name: string, jsonText?: string): Promise<VaultAnswer> => {
    const send = (connection: Connection): Promise<VaultAnswer> => {
      const uri = `${connection.endpoint}/v1/${escapedPath(path(name))}`;
      return exchange({ method, uri, headers: loginOf(connection), jsonText }, connection);
    };
    return withConnection(naming, host, signal, send);
  };
  const shown = (name: string): string => {
    escapedPath(path(name));
    return `${shownAddress(address)}/v1/${path(name)}`;
  };
  return {
    holds: "data",
    ready: () => refuseConnection(naming, host),
    shown,
    async read(name) {
      const { statusCode, body } = await call("GET", name);
      if (statusCode === 200) return dataIn(body, spec.version);
      // A token may be allowed to write and not to read; what is deleted is as good as never written.
      if (statusCode === 404 || statusCode === 403) return null;
      throw notRead(shown(name), statusCode);
    },
    async write(name, bytes) {
      const data = fromUtf8(bytes);
      const answer = await call("PUT", name, spec.version === 2 ? `{"data":${data}}` : data);
      if (answer.statusCode === 200 || answer.statusCode === 204) return;
      throw notWritten(answer, { shown: shown(name), path: path(name), spec });
    },
  };
}

function loginOf({ token, namespace }: Connection): Readonly<Record<string, string>> {
  return {
    ...(token === null ? {} : { "X-Vault-Token": token.text }),
    ...(namespace === undefined ? {} : { "X-Vault-Namespace": namespace }),
  };
}

function checkedAddress(address: string): string {
  if (isPlainAddress(address) && URL.canParse(address)) return address.replace(/\/+$/, "");
  throw new SopsError("BAD_CONFIG", "the address of the Vault server is no http or https address", {
    hint: "write vault_address or VAULT_ADDR as https://vault.example.com:8200",
  });
}

/** `MOUNT/data/PATH/NAME`, or without `data` where the engine keeps no versions; slashes are never doubled. */
function secretPath({ mount, path, version }: VaultSpec, name: string): string {
  const engine = mount === "" ? "secret" : mount;
  const parts = [engine, ...(version === 2 ? ["data"] : []), path, name].flatMap((part) => part.split("/"));
  return parts.filter((part) => part !== "").join("/");
}

function dataIn(body: unknown, version: number): Uint8Array | null {
  const outer = fieldOf(body, "data");
  const data = version === 2 ? fieldOf(outer, "data") : outer;
  return typeof data === "object" && data !== null ? utf8(JSON.stringify(data)) : null;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? Object.getOwnPropertyDescriptor(value, name)?.value
    : undefined;
}
