import type { Host } from "../../core/ports/host.ts";
import { loadSdk } from "../../core/ports/load-sdk.ts";
import type { Credentials } from "./access-key.ts";
import type * as HuaweiSdk from "./sdk.ts";

export interface Request {
  readonly method: "GET" | "POST" | "PUT";
  /** `https://HOST[:PORT]` */
  readonly endpoint: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly data?: unknown;
}

export interface Response {
  readonly status: number;
  /** Null where the body is no JSON. */
  readonly body: unknown;
  readonly text: string;
  header(name: string): string | null;
}

/** As much of the platform's `fetch` as is used: `Host` does not type it. */
interface Fetched {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}

/** One request, no redirect followed. Rejects where no answer came. */
export async function send(request: Request, host: Host, signal: AbortSignal): Promise<Response> {
  const { method, endpoint, path, query, headers, data } = request;
  const search = query === undefined ? "" : `?${new URLSearchParams(query).toString()}`;
  const fetched = (await host.fetch(`${endpoint}${path}${search}`, {
    method,
    headers: { ...headers },
    ...(data === undefined ? {} : { body: JSON.stringify(data) }),
    redirect: "manual",
    signal,
  })) as Fetched;
  const text = await fetched.text();
  return { status: fetched.status, body: parseJson(text), text, header: (name) => fetched.headers.get(name) };
}

/** The same, signed with an access key (SDK-HMAC-SHA256). */
export async function sendSigned(
  request: Request,
  credentials: Credentials,
  projectId: string | undefined,
  host: Host,
  signal: AbortSignal,
): Promise<Response> {
  const { AKSKSigner } = await loadSdk("hckms", () => import("./sdk.ts"));
  const headers = {
    "content-type": "application/json",
    ...(projectId === undefined ? {} : { "X-Project-Id": projectId }),
    ...(credentials.securityToken === undefined ? {} : { "X-Security-Token": credentials.securityToken }),
  };
  const { method, endpoint, path, query = {}, data } = request;
  const toSign = { method, endpoint: `${endpoint}${path}`, queryParams: query, headers, data };
  const signed = AKSKSigner.sign(toSign, signerOf(credentials)) as Record<string, string>;
  return send({ ...request, headers: withoutHost(signed) }, host, signal);
}

type Signer = Parameters<(typeof HuaweiSdk.AKSKSigner)["sign"]>[1];

/** The signer asks for the two halves of the access key and for nothing else. */
function signerOf({ accessKey, secretKey }: Credentials): Signer {
  return { getAk: () => accessKey, getSk: () => secretKey } as unknown as Signer;
}

/** `fetch` sets it by itself, to what was signed. */
const withoutHost = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name !== "host"));

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The text at a path of names in JSON; undefined where there is none. */
export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = path.reduce<unknown>(
    (at, name) => (typeof at === "object" && at !== null ? (at as Record<string, unknown>)[name] : undefined),
    value,
  );
  return typeof found === "string" ? found : undefined;
}
