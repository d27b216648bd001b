import { SopsError } from "../../core/base/errors.ts";
import type { Host } from "../../core/ports/host.ts";
import type { GcpCredentials } from "./credentials.ts";
import { metadataToken } from "./metadata-server.ts";
import type { Proxy } from "./proxy.ts";
import type * as sdk from "./sdk.ts";
import { DEFAULT_UNIVERSE, type GcpSettings } from "./settings.ts";
import { transporterOf } from "./transporter.ts";

/** The Google libraries, once they are loaded. */
export type GoogleSdk = typeof sdk;
export type GoogleAuth = InstanceType<GoogleSdk["GoogleAuth"]>;
export type AuthClient = Awaited<ReturnType<GoogleAuth["getClient"]>>;

/** What a token of an account must be good for. A signed JWT or a token is asked for with it; users have it from their login. */
const KMS_SCOPE = "https://www.googleapis.com/auth/cloud-platform";

/** No project is looked for: the id of a key names its own, and the search would run gcloud and dial. */
const NO_PROJECT = "-";

/** Makes a login of credentials; nothing is sent before its first use. Throws BAD_CONFIG for what cannot be one. */
export async function authOf(
  sdk: GoogleSdk,
  credentials: GcpCredentials,
  settings: GcpSettings,
  proxy: Proxy | null,
  host: Host,
  scope = KMS_SCOPE,
): Promise<GoogleAuth> {
  const auth =
    credentials.type === "json"
      ? fromJson(sdk, credentials, settings, scope)
      : fromToken(sdk, credentials, settings, host);
  const client = await auth.getClient();
  checkUniverse(client, credentials, settings);
  client.transporter = transporterOf(sdk, proxy, settings);
  if (settings.quotaProject !== undefined) client.quotaProjectId = settings.quotaProject;
  return auth;
}

/** Neither a bare token nor the metadata server says which universe it is of: the user does. */
function fromToken(
  sdk: GoogleSdk,
  credentials: Exclude<GcpCredentials, { readonly type: "json" }>,
  settings: GcpSettings,
  host: Host,
): GoogleAuth {
  const authClient = new sdk.OAuth2Client({ universeDomain: settings.universe ?? DEFAULT_UNIVERSE });
  if (credentials.type === "token") authClient.setCredentials({ access_token: credentials.token });
  else authClient.refreshHandler = () => metadataToken(host);
  return new sdk.GoogleAuth({ authClient, projectId: NO_PROJECT });
}

function fromJson(
  sdk: GoogleSdk,
  { json, source }: GcpCredentials & { readonly type: "json" },
  settings: GcpSettings,
  scope: string,
): GoogleAuth {
  checkFields(json, source);
  const auth = new sdk.GoogleAuth({ credentials: json, projectId: NO_PROJECT });
  auth.defaultScopes = [scope];
  auth.defaultServicePath = settings.universe === undefined ? settings.host : `cloudkms.${settings.universe}`;
  auth.useJWTAccessWithScope = true;
  return auth;
}

/** What Google's libraries know, and what each needs at least. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  authorized_user: ["client_id", "client_secret", "refresh_token"],
  service_account: ["client_email", "private_key"],
  external_account: ["audience"],
  external_account_authorized_user: [],
  impersonated_service_account: ["source_credentials"],
  gdch_service_account: [],
};

/** Throws BAD_CONFIG. Of the values none is shown but a type that looks like one. */
function checkFields(json: Readonly<Record<string, unknown>>, source: string): void {
  const { type } = json;
  const fields = typeof type === "string" ? FIELDS[type] : undefined;
  const missing = fields?.find((name) => json[name] === undefined || json[name] === "");
  if (fields !== undefined && missing === undefined) return;
  const shown = typeof type === "string" && /^\w{1,40}$/.test(type) ? ` ${type}` : "";
  const why =
    missing !== undefined
      ? `have no ${missing}`
      : type === undefined
        ? "do not say their type"
        : `have the unknown type${shown}`;
  throw new SopsError("BAD_CONFIG", `GCP KMS: the credentials of ${source} ${why}`, {
    hint: "use the JSON key of a service account, or the file of gcloud auth application-default login",
  });
}

/** Credentials of one universe must not be sent to another; an endpoint that the user names is taken at its word. */
function checkUniverse(client: AuthClient, { source }: GcpCredentials, { universe }: GcpSettings): void {
  if (universe === undefined) client.universeDomain = DEFAULT_UNIVERSE;
  else if (client.universeDomain !== universe)
    throw new SopsError(
      "BAD_CONFIG",
      `GCP KMS: the credentials of ${source} belong to ${client.universeDomain}, not to ${universe}`,
      {
        hint: `set SOPS_GCP_KMS_UNIVERSE_DOMAIN=${client.universeDomain}, or use credentials of ${universe}`,
      },
    );
}
