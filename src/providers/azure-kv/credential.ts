import type { ManagedIdentityCredentialClientIdOptions, TokenCredential } from "@azure/identity";
import { fromUtf8 } from "../../core/base/bytes.ts";
import { SopsError } from "../../core/base/errors.ts";
import type { Host } from "../../core/ports/host.ts";
import { chain, type Source } from "./chain.ts";
import type * as AzureSdk from "./sdk.ts";
import { clientSettings } from "./settings.ts";

type Sdk = typeof AzureSdk;
/** What each kind of credential is made of. */
interface World {
  readonly host: Host;
  readonly sdk: Sdk;
  readonly options: ReturnType<typeof optionsOf>;
}

type Make = (world: World) => Promise<TokenCredential | string> | TokenCredential | string;

/** The chain of SOPS: the name of each kind as AZURE_TOKEN_CREDENTIALS spells it, and its group there. */
const KINDS: readonly (readonly [name: string, group: "prod" | "dev", what: string, make: Make])[] = [
  ["EnvironmentCredential", "prod", "environment", fromEnvironment],
  ["WorkloadIdentityCredential", "prod", "workload identity", fromWorkloadIdentity],
  ["ManagedIdentityCredential", "prod", "managed identity", fromManagedIdentity],
  ["AzureCLICredential", "dev", "az", ({ sdk }) => new sdk.AzureCliCredential()],
  ["AzureDeveloperCLICredential", "dev", "azd", ({ sdk }) => new sdk.AzureDeveloperCliCredential()],
  ["AzurePowerShellCredential", "dev", "PowerShell", ({ sdk }) => new sdk.AzurePowerShellCredential()],
];

const SELECT = "AZURE_TOKEN_CREDENTIALS";
const known = new WeakMap<Host, TokenCredential>();

/** The credential of a host; one for all its keys, so that they share a token. Throws BAD_CONFIG. */
export function credentialOf(host: Host, sdk: Sdk): TokenCredential {
  const credential = known.get(host) ?? chain(sourcesOf(host, sdk));
  known.set(host, credential);
  return credential;
}

function sourcesOf(host: Host, sdk: Sdk): readonly Source[] {
  const wanted = (host.env(SELECT) ?? "").trim().toLowerCase();
  const kinds = KINDS.filter(
    ([name, group]) => wanted === "" || wanted === group || wanted === name.toLowerCase(),
  );
  if (kinds.length === 0)
    throw new SopsError("BAD_CONFIG", `${SELECT} names no kind of azure credential`, {
      hint: `use prod, dev, or one of ${KINDS.map(([name]) => name).join(", ")}`,
    });
  const options = optionsOf(host);
  return kinds.map(([, , name, make]) => ({ name, make: async () => make({ host, sdk, options }) }));
}

/** `authorityHost` selects a sovereign cloud. */
function optionsOf(host: Host) {
  const authorityHost = host.env("AZURE_AUTHORITY_HOST") ?? "";
  const tenants = host.env("AZURE_ADDITIONALLY_ALLOWED_TENANTS") ?? "";
  return {
    ...clientSettings(host),
    ...(authorityHost === "" ? {} : { authorityHost }),
    additionallyAllowedTenants: tenants.split(";").filter((tenant) => tenant !== ""),
  };
}

/** A secret, a certificate, or a user's password. */
async function fromEnvironment({ host, sdk, options }: World): Promise<TokenCredential | string> {
  const env = (name: string): string => host.env(`AZURE_${name}`) ?? "";
  const [tenant, client] = [env("TENANT_ID"), env("CLIENT_ID")];
  if (tenant === "" || client === "") return "AZURE_TENANT_ID or AZURE_CLIENT_ID is not set";
  if (env("CLIENT_SECRET") !== "")
    return new sdk.ClientSecretCredential(tenant, client, env("CLIENT_SECRET"), options);
  const path = env("CLIENT_CERTIFICATE_PATH");
  if (path !== "") {
    const certificate = await readText(host, path, "AZURE_CLIENT_CERTIFICATE_PATH");
    const certificatePassword = env("CLIENT_CERTIFICATE_PASSWORD");
    const pem = certificatePassword === "" ? { certificate } : { certificate, certificatePassword };
    const sendCertificateChain = ["1", "true"].includes(env("CLIENT_SEND_CERTIFICATE_CHAIN").toLowerCase());
    return new sdk.ClientCertificateCredential(tenant, client, pem, { ...options, sendCertificateChain });
  }
  const [user, password] = [env("USERNAME"), env("PASSWORD")];
  if (user === "" || password === "") return "AZURE_CLIENT_SECRET is not set";
  // Microsoft deprecates it, for it knows no second factor; SOPS has it still.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  return new sdk.UsernamePasswordCredential(tenant, client, user, password, options);
}

/** The token file is read anew for each login: Kubernetes replaces it. */
function fromWorkloadIdentity({ host, sdk, options }: World): TokenCredential | string {
  const variables = ["AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE"] as const;
  const [tenant = "", client = "", path = ""] = variables.map((name) => host.env(name) ?? "");
  if (tenant === "" || client === "" || path === "") return "AZURE_FEDERATED_TOKEN_FILE is not set";
  const assertion = async (): Promise<string> => (await readText(host, path, variables[2])).trim();
  return new sdk.ClientAssertionCredential(tenant, client, assertion, options);
}

function fromManagedIdentity({ host, sdk, options }: World): TokenCredential {
  const clientId = host.env("AZURE_CLIENT_ID") ?? "";
  const { retryOptions } = options;
  // The probe is what keeps a machine outside of Azure from waiting for an address that nobody has. The SDK's own
  // default chain sets it too; its types do not show it.
  const settings: ManagedIdentityCredentialClientIdOptions & { readonly sendProbeRequest: boolean } = {
    retryOptions,
    sendProbeRequest: true,
    ...(clientId === "" ? {} : { clientId }),
  };
  return new sdk.ManagedIdentityCredential(settings);
}

async function readText(host: Host, path: string, variable: string): Promise<string> {
  const bytes = await host.readFile(path);
  if (bytes !== null) return fromUtf8(bytes);
  throw new SopsError("NOT_LOGGED_IN", `the file that ${variable} names is not there: ${path}`, {
    hint: `correct ${variable}`,
  });
}
