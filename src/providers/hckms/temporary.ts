import { fromUtf8 } from "../../core/base/bytes.ts";
import { SopsError } from "../../core/base/errors.ts";
import type { Host } from "../../core/ports/host.ts";
import { LIMITS, limited } from "../network.ts";
import type { Credentials } from "./access-key.ts";
import { send, textAt, type Response } from "./http.ts";
import { iamEndpoint } from "./regions.ts";

/** Fixed by Huawei: reachable only from a machine of its cloud. */
const METADATA = "http://169.254.169.254";
const SIX_HOURS = 6 * 60 * 60;

/** The temporary key of the agency of this machine; null on a machine without one, or outside of the cloud. */
export async function fromMetadata(host: Host, signal: AbortSignal): Promise<Credentials | null> {
  try {
    return await limited(signal, (limit) => askMetadata(host, limit), LIMITS.metadata);
  } catch {
    signal.throwIfAborted();
    return null;
  }
}

async function askMetadata(host: Host, limit: AbortSignal): Promise<Credentials | null> {
  const session = await send(
    {
      method: "PUT",
      endpoint: METADATA,
      path: "/meta-data/latest/api/token",
      headers: { "X-Metadata-Token-Ttl-Seconds": String(SIX_HOURS) },
    },
    host,
    limit,
  );
  const headers: Record<string, string> = session.status === 200 ? { "X-Metadata-Token": session.text } : {};
  const answer = await send(
    { method: "GET", endpoint: METADATA, path: "/openstack/latest/securitykey", headers },
    host,
    limit,
  );
  return answer.status < 400 ? temporary(answer.body, "credential") : null;
}

/** The identity of a pod of Huawei's Kubernetes; null where its two variables are not set. */
export async function fromPod(host: Host, signal: AbortSignal): Promise<Credentials | null> {
  const [uri = "", file = ""] = [
    host.env("HC_CONTAINER_CREDENTIALS_FULL_URI"),
    host.env("HC_CONTAINER_AUTHORIZATION_TOKEN_FILE"),
  ];
  if (uri === "" || file === "") return null;
  const { origin, pathname, search } = new URL(uri);
  const headers = {
    "content-type": "application/json; charset=utf-8",
    authorization: await readToken(file, host),
  };
  const request = { method: "POST", endpoint: origin, path: pathname + search, headers, data: {} } as const;
  return loggedIn(await send(request, host, signal), "credentials");
}

/** A token of an identity provider against a temporary key, in two steps. */
export async function fromIdToken(
  idpId: string,
  file: string,
  override: string | undefined,
  host: Host,
  signal: AbortSignal,
): Promise<Credentials> {
  const endpoint = iamEndpoint(host, override);
  const login = await send(
    {
      method: "POST",
      endpoint,
      path: "/v3.0/OS-AUTH/id-token/tokens",
      headers: { "content-type": "application/json;charset=UTF-8", "X-Idp-Id": idpId },
      data: { auth: { id_token: { id: await readToken(file, host) } } },
    },
    host,
    signal,
  );
  const token = login.header("X-Subject-Token");
  if (login.status >= 400 || token === null) throw refused(login);
  const identity = { methods: ["token"], token: { id: token, duration_seconds: SIX_HOURS } };
  const answer = await send(
    {
      method: "POST",
      endpoint,
      path: "/v3.0/OS-CREDENTIAL/securitytokens",
      headers: { "content-type": "application/json;charset=UTF-8" },
      data: { auth: { identity } },
    },
    host,
    signal,
  );
  return loggedIn(answer, "credential");
}

function loggedIn(answer: Response, at: string): Credentials {
  const credentials = answer.status < 400 ? temporary(answer.body, at) : null;
  if (credentials === null) throw refused(answer);
  return credentials;
}

/** Two spellings of the same four fields are in use. */
function temporary(body: unknown, at: string): Credentials | null {
  const field = (...names: readonly string[]): string | undefined =>
    names.map((name) => textAt(body, at, name)).find((value) => value !== undefined);
  const accessKey = field("access", "accessKeyId");
  const secretKey = field("secret", "secretAccessKey");
  const securityToken = field("securitytoken", "securityToken");
  const expiresAt = Date.parse(field("expires_at", "expiration") ?? "");
  if (accessKey === undefined || secretKey === undefined || securityToken === undefined) return null;
  return { accessKey, secretKey, securityToken, expiresAt: Number.isNaN(expiresAt) ? 0 : expiresAt };
}

async function readToken(path: string, host: Host): Promise<string> {
  const bytes = await host.readFile(path);
  if (bytes !== null) return fromUtf8(bytes).trim();
  throw new SopsError("NOT_LOGGED_IN", `the token file is not there: ${path}`, {
    hint: "check HUAWEICLOUD_SDK_ID_TOKEN_FILE or HC_CONTAINER_AUTHORIZATION_TOKEN_FILE",
  });
}

function refused({ status }: Response): SopsError {
  return new SopsError("NOT_LOGGED_IN", `huawei cloud refused the token (${status})`, {
    hint: "check that the token file is renewed, and the identity provider's settings",
  });
}
