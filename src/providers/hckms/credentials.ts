import { fromUtf8 } from "../../core/base/bytes.ts";
import { SopsError } from "../../core/base/errors.ts";
import type { Host } from "../../core/ports/host.ts";
import type { Credentials } from "./access-key.ts";
import { readProfile } from "./profile.ts";
import { inHome } from "./regions.ts";
import { fromIdToken, fromMetadata, fromPod } from "./temporary.ts";

/** Fields of a profile; the variables have the same names in capitals, after HUAWEICLOUD_SDK_. */
interface Profile {
  readonly [field: string]: string | undefined;
}

const FIELDS = ["ak", "sk", "security_token", "project_id", "idp_id", "id_token_file"] as const;

type Find = (host: Host, signal: AbortSignal) => Promise<Credentials | null>;

/** The chain of the Go SDK's BasicCredentials: variables, profile file, the machine's metadata, the pod's identity. */
const CHAIN: readonly Find[] = [
  (host, signal) => fromProfile(fromVariables(host), host, signal),
  async (host, signal) => fromProfile(await fromFile(host), host, signal),
  fromMetadata,
  fromPod,
];

/** Milliseconds before its end at which a temporary key is renewed: as the Go SDK, 40 minutes. */
const MARGIN = 40 * 60_000;
const known = new WeakMap<Host, Promise<Credentials>>();

/** One login for all keys of a host. Throws NOT_LOGGED_IN where nothing of the chain is there. */
export async function credentialsOf(host: Host, signal: AbortSignal): Promise<Credentials> {
  const before = await known.get(host)?.catch(() => undefined);
  if (before !== undefined && (before.expiresAt ?? Infinity) - Date.now() > MARGIN) return before;
  const login = findCredentials(host, signal);
  known.set(host, login);
  return login;
}

async function findCredentials(host: Host, signal: AbortSignal): Promise<Credentials> {
  for (const find of CHAIN) {
    const credentials = await find(host, signal);
    if (credentials !== null) return credentials;
  }
  throw new SopsError("NOT_LOGGED_IN", "no credentials for huawei cloud", {
    hint: "set HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK, or write them to ~/.huaweicloud/credentials",
  });
}

function fromVariables(host: Host): Profile {
  return Object.fromEntries(
    FIELDS.map((field) => [field, host.env(`HUAWEICLOUD_SDK_${field.toUpperCase()}`)]),
  );
}

async function fromFile(host: Host): Promise<Profile> {
  const named = host.env("HUAWEICLOUD_SDK_CREDENTIALS_FILE") ?? "";
  const path = named === "" ? inHome(host, "credentials") : named;
  const bytes = path === undefined ? null : await host.readFile(path);
  return bytes === null ? {} : readProfile(fromUtf8(bytes), "basic");
}

/** An id token goes before an access key; null where there is neither. */
async function fromProfile(profile: Profile, host: Host, signal: AbortSignal): Promise<Credentials | null> {
  const { ak, sk, security_token, project_id, idp_id, id_token_file, iam_endpoint } = nonEmpty(profile);
  const more = { projectId: project_id, iamEndpoint: iam_endpoint };
  if (idp_id !== undefined && id_token_file !== undefined)
    return { ...(await fromIdToken(idp_id, id_token_file, iam_endpoint, host, signal)), ...more };
  if (ak === undefined || sk === undefined) return null;
  return { accessKey: ak, secretKey: sk, securityToken: security_token, ...more };
}

const nonEmpty = (profile: Profile): Profile =>
  Object.fromEntries(Object.entries(profile).filter(([, value]) => value !== undefined && value !== ""));
