import { SopsError } from "../../core/base/errors.ts";
import type { Host } from "../../core/ports/host.ts";
import { isErrorNamed } from "../../core/base/realm.ts";
import { LIMITS, limited } from "../network.ts";
import type { SdkHandler } from "./http.ts";
import type { KmsKey } from "./key.ts";
import { profilePaths } from "./profile-file.ts";
import { profileMistake, tokenMistake } from "./profile-mistake.ts";
import type * as sdkModule from "./sdk.ts";

type Sdk = typeof sdkModule;

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  readonly expiration?: Date | undefined;
}

/** What looking for credentials may use. `handler` undefined: the SDK's own. */
export interface Lookup {
  readonly sdk: Sdk;
  readonly host: Host;
  readonly handler: SdkHandler | undefined;
}

/** Whose credentials are wanted. */
export type Login = Pick<KmsKey, "region" | "role" | "profile">;

type Source = ReturnType<Sdk["fromIni"]>;

/** Milliseconds before their end at which credentials are fetched anew, as the SDK does. */
const EARLY = 300_000;

/** Per host: a login, an MFA code or a role is asked for once, however many keys need it. */
const known = new WeakMap<Host, Map<string, Promise<Credentials>>>();

/** The credentials for a key: of its profile or of the environment, and of its role where it has one. Throws the SDK's errors. */
export async function credentialsFor(key: Login, lookup: Lookup): Promise<Credentials> {
  const base = await once(["base", key.profile], lookup.host, () => chainFor(key, lookup)());
  if (key.role === undefined) return base;
  return once(["role", key.profile, key.role, key.region], lookup.host, () =>
    assumeRole(key, key.role ?? "", base, lookup),
  );
}

async function once(
  name: readonly (string | undefined)[],
  host: Host,
  fetch: () => Promise<Credentials>,
): Promise<Credentials> {
  const cache = known.get(host) ?? new Map<string, Promise<Credentials>>();
  known.set(host, cache);
  const id = JSON.stringify(name);
  const held = cache.get(id);
  if (held !== undefined && isFresh(await held)) return held;
  const meanwhile = cache.get(id);
  if (meanwhile !== undefined && meanwhile !== held) return meanwhile;
  const next = fetch();
  cache.set(id, next);
  next.catch(() => cache.delete(id));
  return next;
}

function isFresh({ expiration }: Credentials): boolean {
  return expiration === undefined || expiration.getTime() - Date.now() > EARLY;
}

/**
 * The order of SOPS' SDK (Go): a profile that the key names is the only source. Else: the environment, a web identity
 * token, the profile of AWS_PROFILE (static, role, process, SSO), the container, the machine.
 */
function chainFor(key: Login, lookup: Lookup): Source {
  const { sdk } = lookup;
  const ini = profileSource(key, lookup);
  if (key.profile !== undefined) return sdk.createCredentialChain(ini);
  const sources = [environmentSource(lookup), webIdentitySource(key, lookup), ini, machineSource(lookup)];
  return sdk.createCredentialChain(...sources.filter((source) => source !== undefined));
}

function environmentSource({ host }: Lookup): Source | undefined {
  const accessKeyId = variable(host, "AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY");
  const secretAccessKey = variable(host, "AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY");
  const sessionToken = variable(host, "AWS_SESSION_TOKEN");
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  const token = sessionToken === undefined ? {} : { sessionToken };
  return () => Promise.resolve({ accessKeyId, secretAccessKey, ...token });
}

function webIdentitySource(key: Login, { sdk, host, handler }: Lookup): Source | undefined {
  const webIdentityTokenFile = variable(host, "AWS_WEB_IDENTITY_TOKEN_FILE");
  const roleArn = variable(host, "AWS_ROLE_ARN");
  if (webIdentityTokenFile === undefined || roleArn === undefined) return undefined;
  const roleSessionName = variable(host, "AWS_ROLE_SESSION_NAME") ?? sessionName(host);
  const source = sdk.fromTokenFile({
    webIdentityTokenFile,
    roleArn,
    roleSessionName,
    clientConfig: { ...handlerOption(handler), ...stsEndpoint(host) },
    parentClientConfig: { region: key.region },
  });
  return async () => {
    const wrong = await tokenMistake(webIdentityTokenFile, "AWS_WEB_IDENTITY_TOKEN_FILE", host);
    if (wrong !== null) throw wrong;
    return source();
  };
}

function profileSource(key: Login, { sdk, host, handler }: Lookup): Source {
  const { credentials, config } = profilePaths(host);
  const profile = key.profile ?? variable(host, "AWS_PROFILE");
  const source = sdk.fromIni({
    ...(profile === undefined ? {} : { profile }),
    ...(credentials === undefined ? {} : { filepath: credentials }),
    ...(config === undefined ? {} : { configFilepath: config }),
    ignoreCache: true,
    mfaCodeProvider: async (device) => (await host.promptSecret(`MFA code of ${device}: `)) ?? "",
    clientConfig: handlerOption(handler),
    parentClientConfig: { region: key.region },
  });
  return async () => {
    try {
      return await source();
    } catch (error) {
      throw (await profileMistake(error, profile, host)) ?? error;
    }
  };
}

/** The role of a container or of an EC2 machine: addresses of this machine only, so no proxy stands between. */
function machineSource({ sdk, host }: Lookup): Source | undefined {
  const relative = variable(host, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  const full = variable(host, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
  const token = variable(host, "AWS_CONTAINER_AUTHORIZATION_TOKEN");
  const tokenFile = variable(host, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
  if (relative !== undefined || full !== undefined)
    return inTime(
      sdk.fromHttp({
        ...(relative === undefined ? {} : { awsContainerCredentialsRelativeUri: relative }),
        ...(full === undefined || relative !== undefined ? {} : { awsContainerCredentialsFullUri: full }),
        ...(token === undefined || tokenFile !== undefined ? {} : { awsContainerAuthorizationToken: token }),
        ...(tokenFile === undefined ? {} : { awsContainerAuthorizationTokenFile: tokenFile }),
      }),
    );
  if ((variable(host, "AWS_EC2_METADATA_DISABLED") ?? "false").toLowerCase() === "true") return undefined;
  return sdk.fromInstanceMetadata({ timeout: 1000, maxRetries: 1 });
}

/** The SDK gives up a server that does not connect, and waits for ever for one that connects and says nothing. */
function inTime(source: Source): Source {
  return async () => {
    try {
      return await limited(undefined, () => source(), LIMITS.machine);
    } catch (error) {
      if (!isErrorNamed(error, "TimeoutError")) throw error;
      throw new SopsError("UNREACHABLE", "the container's server of AWS credentials does not answer", {
        hint: "check AWS_CONTAINER_CREDENTIALS_FULL_URI or AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
      });
    }
  };
}

function assumeRole(
  key: Login,
  role: string,
  base: Credentials,
  { sdk, host, handler }: Lookup,
): Promise<Credentials> {
  const source = sdk.fromTemporaryCredentials({
    params: { RoleArn: role, RoleSessionName: sessionName(host) },
    masterCredentials: plain(base),
    clientConfig: { region: key.region, ...handlerOption(handler), ...stsEndpoint(host) },
  });
  return source();
}

/** Without what the SDK hangs on it. */
export function plain(found: Credentials): {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
} {
  const { accessKeyId, secretAccessKey, sessionToken } = found;
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}

export function handlerOption(handler: SdkHandler | undefined): { requestHandler?: SdkHandler } {
  return handler === undefined ? {} : { requestHandler: handler };
}

function stsEndpoint(host: Host): { endpoint?: string } {
  return endpointOption(host, "AWS_ENDPOINT_URL_STS");
}

/** The server that the environment names for one service, or for all. */
export function endpointOption(host: Host, name: string): { endpoint?: string } {
  if (variable(host, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")?.toLowerCase() === "true") return {};
  const endpoint = variable(host, name, "AWS_ENDPOINT_URL");
  return endpoint === undefined ? {} : { endpoint };
}

/**
 * `sops@<host name>`, so that CloudTrail shows which machine asked; cleaned as SOPS cleans it (format.md 11), where
 * `@-_` is a range and a hyphen is therefore removed. At most 64 characters.
 */
export function sessionName(host: Host): string {
  const machine = (host.hostName?.() ?? "").replace(/[^a-zA-Z0-9=,.@-_]+/g, "");
  return `sops@${machine}`.slice(0, 64);
}

/** The first of these variables that is set and not empty. */
function variable(host: Host, ...names: readonly string[]): string | undefined {
  return names.map((name) => host.env(name)).find((value) => value !== undefined && value !== "");
}
