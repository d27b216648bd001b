import { SopsError } from "../../core/base/errors.ts";
import type { Host } from "../../core/ports/host.ts";
import { loadGoogleSdk } from "../../providers/gcp-kms/client.ts";
import { findCredentials } from "../../providers/gcp-kms/credentials.ts";
import { connectError, credentialsError, loginError } from "../../providers/gcp-kms/login-errors.ts";
import { authOf, type AuthClient } from "../../providers/gcp-kms/login.ts";
import { proxyFor } from "../../providers/gcp-kms/proxy.ts";
import { limited } from "../../providers/network.ts";
import { DEFAULT_UNIVERSE } from "../../providers/gcp-kms/settings.ts";

const SCOPE = "https://www.googleapis.com/auth/devstorage.read_write";

/** Where Cloud Storage is, and what proves who we are. */
export interface Storage {
  /** Without a slash at the end. */
  readonly url: string;
  /** Where the credentials come from, for messages. */
  readonly login: string;
  headers(): Promise<Readonly<Record<string, string>>>;
}

/**
 * STORAGE_EMULATOR_HOST as Google's clients read it (`http://` where it has no scheme, and no login), else the service
 * with the login of the keys of Cloud KMS. Throws BAD_CONFIG and NOT_LOGGED_IN.
 */
export async function openStorage(host: Host, signal: AbortSignal | undefined): Promise<Storage> {
  const emulator = host.env("STORAGE_EMULATOR_HOST") ?? "";
  if (emulator !== "") return { url: emulatorUrl(emulator), login: "", headers: () => Promise.resolve({}) };
  const universe = host.env("GOOGLE_CLOUD_UNIVERSE_DOMAIN")?.trim() || DEFAULT_UNIVERSE;
  const name = `storage.${universe}`;
  if (!/^[A-Za-z0-9.-]+$/.test(name)) throw badVariable("GOOGLE_CLOUD_UNIVERSE_DOMAIN", "is no domain");
  const url = `https://${name}`;
  const { client, login } = await inTime(signal, () => logIn(name, universe, host));
  return { url, login, headers: () => inTime(signal, () => headersOf(client, `${url}/`, login)) };
}

function emulatorUrl(text: string): string {
  const url = text.includes("://") ? text : `http://${text}`;
  if (/^https?:\/\/[^/?#@]+/.test(url) && URL.canParse(url)) return new URL(url).origin;
  throw badVariable("STORAGE_EMULATOR_HOST", "is no http or https address");
}

function badVariable(name: string, why: string): SopsError {
  return new SopsError("BAD_CONFIG", `the variable ${name} ${why}`, { hint: "correct or unset it" });
}

/** The Google libraries take no signal, and wait for a silent server as long as it likes. */
async function inTime<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await limited(signal, work);
  } catch (error) {
    signal?.throwIfAborted();
    throw asStorage(connectError(error));
  }
}

async function logIn(
  name: string,
  universe: string,
  host: Host,
): Promise<{ readonly client: AuthClient; readonly login: string }> {
  const quotaProject = host.env("GOOGLE_CLOUD_QUOTA_PROJECT") || undefined;
  const settings = { transport: "rest", host: name, port: 443, universe, quotaProject } as const;
  const credentials = await findCredentials(host);
  const proxy = proxyFor(`https://${name}`, host);
  const auth = await authOf(await loadGoogleSdk(), credentials, settings, proxy, host, SCOPE).catch(
    (error: unknown) => {
      throw credentialsError(error, credentials.source);
    },
  );
  return { client: await auth.getClient(), login: credentials.source };
}

async function headersOf(
  client: AuthClient,
  url: string,
  login: string,
): Promise<Readonly<Record<string, string>>> {
  try {
    return Object.fromEntries(await client.getRequestHeaders(url));
  } catch (error) {
    throw loginError(error, login);
  }
}

/** The login is shared with the keys of Cloud KMS, which are in the words of its errors. */
function asStorage(error: unknown): unknown {
  if (!(error instanceof SopsError)) return error;
  const message = error.message.replace(/^GCP KMS:/, "GCS:");
  return new SopsError(error.code, message, { hint: error.hint, place: error.place });
}
