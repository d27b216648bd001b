import { SopsError } from "../../core/base/errors.ts";
import type { Host } from "../../core/ports/host.ts";
import { loadSdk } from "../../core/ports/load-sdk.ts";
import { isBytes } from "../../core/base/realm.ts";
import { LIMITS } from "../network.ts";
import { silence } from "../silence.ts";
import { findCredentials } from "./credentials.ts";
import { credentialsError } from "./login-errors.ts";
import { authOf, type AuthClient, type GoogleSdk } from "./login.ts";
import { proxyFor, type Proxy } from "./proxy.ts";
import { gcpSettings, type GcpSettings } from "./settings.ts";

/** As grpc-js reads it: in place of the platform's CAs, and so of NODE_EXTRA_CA_CERTS. */
const GRPC_ROOTS = "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH";

export type Verb = "encrypt" | "decrypt";

/** Cloud KMS, logged in. Its methods reject with the errors of the SDK, which hold secrets: see failure.ts. */
export interface KmsClient {
  /** `https://HOST:PORT`, for messages. */
  readonly address: string;
  /** The proxy on the way there, for messages: it never shows who logs in to it. */
  readonly proxy: string | undefined;
  /** Where the credentials come from, for messages. */
  readonly login: string;
  /** The variable whose file holds the only CAs that count; undefined: the usual ones do. */
  readonly roots?: string | undefined;
  /** Gets a token, unless it has one. Of its own, because a failure here means something else than one of a call. */
  authorize(): Promise<void>;
  /** One attempt. `input` is the plaintext or the ciphertext, the answer the other of the two. */
  call(verb: Verb, name: string, input: Uint8Array): KmsCall;
  close(): Promise<void>;
}

interface KmsCall {
  readonly result: Promise<Uint8Array>;
  readonly cancel: () => void;
}

/** Reads the settings, finds credentials, loads the SDK. Throws BAD_CONFIG and NOT_LOGGED_IN; calls nobody. */
export async function connect(host: Host): Promise<KmsClient> {
  const settings = gcpSettings(host);
  const credentials = await findCredentials(host);
  const address = `https://${settings.host}:${String(settings.port)}`;
  const proxy = proxyFor(address, host);
  const channel = settings.transport === "grpc" ? channelOptions(settings, proxy) : restOptions(settings);
  const sdk = await loadGoogleSdk();
  const auth = await authOf(sdk, credentials, settings, proxy, host).catch((error: unknown) => {
    throw credentialsError(error, credentials.source);
  });
  const authClient = await auth.getClient();
  const universeDomain = authClient.universeDomain;
  const client = new sdk.KeyManagementServiceClient({ auth, universeDomain, ...channel });
  // Its methods do this on their own, but let a failure go by without a handler.
  const stub = await client.initialize();
  return {
    address,
    proxy: proxy?.url.host,
    login: credentials.source,
    roots: settings.transport === "grpc" && (host.env(GRPC_ROOTS) ?? "") !== "" ? GRPC_ROOTS : undefined,
    authorize: () => authorize(authClient, address),
    call: (verb, name, input) => callOf(client.innerApiCalls as ApiCalls, verb, name, input),
    async close() {
      await Promise.resolve(stub["close"]?.call(stub));
    },
  };
}

/** Throws CANNOT_LOAD. */
export async function loadGoogleSdk(): Promise<GoogleSdk> {
  const sdk = await loadSdk("gcp-kms", () => import("./sdk.ts"));
  // GOOGLE_SDK_NODE_LOGGING and GRPC_TRACE would print tokens and data keys.
  sdk.loggingUtils.setBackend(null);
  sdk.grpc.setLogVerbosity(sdk.grpc.logVerbosity.NONE);
  // DEBUG: what goes through a proxy, and how one logs in to it.
  silence(sdk.debug);
  return sdk;
}

async function authorize(client: AuthClient, address: string): Promise<void> {
  await client.getRequestHeaders(`${address}/`);
}

type ApiCalls = Readonly<Record<string, (request: object, options: object) => unknown>>;

/**
 * By the generated client's own table of calls: its methods write the request to the log, and answer promises that
 * cannot be cancelled. No retries: those are ours (retry.ts), so that a reason is not lost behind a deadline.
 */
function callOf(calls: ApiCalls, verb: Verb, name: string, input: Uint8Array): KmsCall {
  const request = verb === "encrypt" ? { name, plaintext: input } : { name, ciphertext: input };
  const headers = { "x-goog-request-params": `name=${encodeURIComponent(name)}` };
  const options = { timeout: LIMITS.call, retry: null, otherArgs: { headers } };
  const running = calls[verb]?.(request, options) as Promise<readonly unknown[]> & { cancel?(): void };
  const result = running.then(([response]) =>
    bytesOf(response, verb === "encrypt" ? "ciphertext" : "plaintext"),
  );
  return { result, cancel: () => running.cancel?.() };
}

function bytesOf(response: unknown, field: string): Uint8Array {
  const value = (response as Readonly<Record<string, unknown>> | null)?.[field];
  if (isBytes(value) && value.length > 0) return new Uint8Array(value);
  throw new SopsError("UNREACHABLE", "GCP KMS: the server answers without a result", {
    hint: "check SOPS_GCP_KMS_ENDPOINT and the proxy: is it Cloud KMS that answers?",
  });
}

const restOptions = ({ host, port }: GcpSettings): object => ({ fallback: true, servicePath: host, port });

/**
 * grpc-js looks for a proxy in the lower-case variables of the process alone; so the tunnel is told here, the way that
 * it tells itself: the proxy is the target, and the server the target of its CONNECT.
 */
function channelOptions({ host, port }: GcpSettings, proxy: Proxy | null): object {
  const target = `${host}:${String(port)}`;
  const own = { "grpc.enable_http_proxy": 0, "grpc.use_local_subchannel_pool": 1 };
  if (proxy === null) return { servicePath: host, port, ...own };
  if (proxy.url.protocol !== "http:")
    throw new SopsError("BAD_CONFIG", "GCP KMS: gRPC cannot go through a proxy that itself speaks TLS", {
      hint: "set SOPS_GCP_KMS_CLIENT_TYPE=rest, or HTTPS_PROXY to an http:// address",
    });
  return {
    servicePath: proxy.url.hostname,
    port: proxy.url.port === "" ? 80 : Number(proxy.url.port),
    ...own,
    "grpc.default_authority": target,
    "grpc.http_connect_target": `dns:${target}`,
    ...(proxy.userInfo === undefined ? {} : { "grpc.http_connect_creds": proxy.userInfo }),
  };
}
