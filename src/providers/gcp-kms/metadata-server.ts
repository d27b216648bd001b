import { SopsError } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";

/** An access token, as OAuth2Client keeps one; the date is in milliseconds. */
export interface MetadataToken {
  readonly access_token: string;
  readonly expiry_date: number;
}

const ADDRESS = "169.254.169.254";
const PATH = "/computeMetadata/v1/instance/service-accounts/default/token";
/** Milliseconds. Within Google's cloud it answers in a few; elsewhere nobody does. */
const PATIENCE = 3000;

/**
 * The token of the service account of a machine in Google's cloud. Asked for here and not by the Google library: that
 * one goes through HTTPS_PROXY, where nobody knows this address, and prints warnings of its own.
 */
export async function metadataToken(host: Host): Promise<MetadataToken> {
  if (host.env("METADATA_SERVER_DETECTION")?.trim().toLowerCase() === "none") throw noCredentials();
  const server = host.env("GCE_METADATA_HOST") || host.env("GCE_METADATA_IP") || ADDRESS;
  const response = await ask(`http://${server}${PATH}`, host);
  if (response.headers.get("metadata-flavor") !== "Google") throw noCredentials();
  if (response.status !== 200)
    throw new SopsError(
      "NOT_LOGGED_IN",
      `GCP KMS: the metadata server has no token for this machine (HTTP ${String(response.status)})`,
      { hint: "give the machine a service account with the scope cloud-platform" },
    );
  const { access_token, expires_in } = (await response.json()) as Partial<Record<string, unknown>>;
  if (typeof access_token !== "string") throw noCredentials();
  return { access_token, expiry_date: Date.now() + 1000 * (Number(expires_in) || 0) };
}

async function ask(url: string, host: Host): Promise<Response> {
  try {
    const init = { headers: { "metadata-flavor": "Google" }, signal: AbortSignal.timeout(PATIENCE) };
    return (await host.fetch(url, init)) as Response;
  } catch {
    throw noCredentials();
  }
}

function noCredentials(): SopsError {
  return new SopsError("NOT_LOGGED_IN", "GCP KMS: there are no Google credentials", {
    hint:
      "run gcloud auth application-default login, or set GOOGLE_APPLICATION_CREDENTIALS, GOOGLE_CREDENTIALS " +
      "or GOOGLE_OAUTH_ACCESS_TOKEN",
  });
}
