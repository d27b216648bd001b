import { SopsError } from "../../core/base/errors.ts";
import type { Host } from "../../core/ports/host.ts";
import { LIMITS, limited } from "../network.ts";

/** An access token, as OAuth2Client keeps one; the date is in milliseconds. */
export interface MetadataToken {
  readonly access_token: string;
  readonly expiry_date: number;
}

const ADDRESS = "169.254.169.254";
const PATH = "/computeMetadata/v1/instance/service-accounts/default/token";

/**
 * The token of the service account of a machine in Google's cloud. Asked for here and not by the Google library: that
 * one goes through HTTPS_PROXY, where nobody knows this address, and prints warnings of its own.
 */
export async function metadataToken(host: Host): Promise<MetadataToken> {
  if (host.env("METADATA_SERVER_DETECTION")?.trim().toLowerCase() === "none") throw noCredentials();
  const server = host.env("GCE_METADATA_HOST") || host.env("GCE_METADATA_IP") || ADDRESS;
  const { flavor, status, text } = await ask(`http://${server}${PATH}`, host);
  if (flavor !== "Google") throw noCredentials();
  if (status !== 200)
    throw new SopsError(
      "NOT_LOGGED_IN",
      `GCP KMS: the metadata server has no token for this machine (HTTP ${String(status)})`,
      { hint: "give the machine a service account with the scope cloud-platform" },
    );
  const { access_token, expires_in } = fieldsOf(text);
  if (typeof access_token !== "string") throw noCredentials();
  return { access_token, expiry_date: Date.now() + 1000 * (Number(expires_in) || 0) };
}

interface Answer {
  readonly flavor: string | null;
  readonly status: number;
  readonly text: string;
}

async function ask(url: string, host: Host): Promise<Answer> {
  try {
    return await limited(undefined, (signal) => exchange(url, host, signal), LIMITS.metadata);
  } catch {
    throw noCredentials();
  }
}

async function exchange(url: string, host: Host, signal: AbortSignal): Promise<Answer> {
  const response = (await host.fetch(url, {
    headers: { "metadata-flavor": "Google" },
    redirect: "manual",
    signal,
  })) as Response;
  const flavor = response.headers.get("metadata-flavor");
  return { flavor, status: response.status, text: await response.text() };
}

/** What the answer says is not shown: it may be a token of somebody else's making. */
function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function noCredentials(): SopsError {
  return new SopsError("NOT_LOGGED_IN", "GCP KMS: there are no Google credentials", {
    hint:
      "run gcloud auth application-default login, or set GOOGLE_APPLICATION_CREDENTIALS, GOOGLE_CREDENTIALS " +
      "or GOOGLE_OAUTH_ACCESS_TOKEN",
  });
}
