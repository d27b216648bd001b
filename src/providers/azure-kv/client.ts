import type { CryptographyClient, KeyClientOptions } from "@azure/keyvault-keys";
import { wipe } from "../../core/base/bytes.ts";
import type { Host } from "../../core/ports/host.ts";
import { limited } from "../network.ts";
import { credentialOf } from "./credential.ts";
import { failureOf, type Operation } from "./failures.ts";
import { loadSdk } from "./load-sdk.ts";
import { clientSettings } from "./settings.ts";
import { urlOf, type VaultKey } from "./vault-key.ts";

/** The only algorithm of SOPS (format.md 11). */
const ALGORITHM = "RSA-OAEP-256";

/** Encrypts in the vault. Throws a `SopsError` that names the key. */
export function encrypt(
  key: VaultKey,
  plaintext: Uint8Array,
  host: Host,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  return calling("encrypt", key, signal, async (abortSignal, watch) => {
    const client = await cryptography(key, host, watch);
    const { result } = await client.encrypt({ algorithm: ALGORITHM, plaintext }, { abortSignal });
    return result;
  });
}

/** Decrypts in the vault. Throws a `SopsError` that names the key. */
export function decrypt(
  key: VaultKey,
  ciphertext: Uint8Array,
  host: Host,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  return calling("decrypt", key, signal, async (abortSignal, watch) => {
    const client = await cryptography(key, host, watch);
    const { result } = await client.decrypt({ algorithm: ALGORITHM, ciphertext }, { abortSignal });
    const plaintext = Uint8Array.from(result);
    wipe(result);
    return plaintext;
  });
}

/** The newest version of a key. */
export function newestVersion(key: VaultKey, host: Host, signal?: AbortSignal): Promise<string> {
  return calling("get", key, signal, async (abortSignal, watch) => {
    const sdk = await loadSdk();
    const client = new sdk.KeyClient(key.vaultUrl, credentialOf(host, sdk), optionsOf(host, watch));
    const { properties } = await client.getKey(key.name, { abortSignal });
    return properties.version ?? "";
  });
}

/**
 * A key without its public half: with it, or with only an id, the SDK would ask for the key first (a permission that
 * SOPS does not need) and encrypt here, where a disabled or expired key is not noticed.
 */
async function cryptography(key: VaultKey, host: Host, watch: Watch): Promise<CryptographyClient> {
  const { vaultUrl, name, version } = key;
  const sdk = await loadSdk();
  const remote = { id: urlOf(key), name, properties: { vaultUrl, name, version } };
  return new sdk.CryptographyClient(remote, credentialOf(host, sdk), optionsOf(host, watch));
}

/** The status of the last answer. The SDK's own error loses it where the body is not the vault's, such as a proxy's. */
interface Watch {
  status?: number;
}

function optionsOf(host: Host, watch: Watch): KeyClientOptions {
  return {
    ...clientSettings(host, {
      name: "enc-status",
      async sendRequest(request, next) {
        const response = await next(request);
        watch.status = response.status;
        return response;
      },
    }),
  };
}

async function calling<T>(
  operation: Operation,
  key: VaultKey,
  signal: AbortSignal | undefined,
  call: (limit: AbortSignal, watch: Watch) => Promise<T>,
): Promise<T> {
  const watch: Watch = {};
  try {
    return await limited(signal, (limit) => call(limit, watch));
  } catch (error) {
    signal?.throwIfAborted();
    throw failureOf(error, operation, key, watch.status);
  }
}
