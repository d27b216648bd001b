import type { Host } from "../../core/host.ts";
import { loadSdk } from "../../core/load-sdk.ts";
import { withTimeout } from "../network.ts";
import { credentialsFor, endpointOption, handlerOption, plain } from "./credentials.ts";
import { type Call, kmsFailure } from "./failure.ts";
import { sdkHandler } from "./http.ts";
import type { KmsKey } from "./key.ts";
import type * as sdkModule from "./sdk.ts";

type Sdk = typeof sdkModule;

type Client = InstanceType<Sdk["KMSClient"]>;

/** How often a call is tried in all, with pauses that grow, where it is throttled or the network fails. */
const ATTEMPTS = 5;

/** Milliseconds that finding credentials may take: a person may have to type an MFA code. */
const LOGIN_TIMEOUT = 180_000;

/**
 * One exchange with KMS as the key wants it: its region, profile and role. Throws a SopsError that says what to do, or
 * the reason of an aborted signal.
 */
export async function callKms<T>(
  call: Call,
  key: KmsKey,
  host: Host,
  signal: AbortSignal | undefined,
  use: (client: Client, sdk: Sdk) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const sdk = await loadSdk("aws-kms", () => import("./sdk.ts"));
  sdk.versionWarning.warningEmitted = true;
  try {
    const logIn = withTimeout(signal, LOGIN_TIMEOUT);
    const lookup = { sdk, host, handler: await sdkHandler(host, logIn) };
    const credentials = await until(logIn, credentialsFor(key, lookup));
    const limit = withTimeout(signal);
    const client = new sdk.KMSClient({
      region: key.region,
      credentials: plain(credentials),
      maxAttempts: attempts(host),
      ...handlerOption(await sdkHandler(host, limit)),
      ...endpointOption(host, "AWS_ENDPOINT_URL_KMS"),
    });
    return await until(limit, use(client, sdk));
  } catch (error) {
    signal?.throwIfAborted();
    throw kmsFailure(error, call, key);
  }
}

function attempts(host: Host): number {
  const wanted = Number(host.env("AWS_MAX_ATTEMPTS"));
  return Number.isInteger(wanted) && wanted > 0 ? wanted : ATTEMPTS;
}

/** The SDK does not look at a signal while it waits between two attempts. */
async function until<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  let stop: () => void = () => undefined;
  const ended = new Promise<never>((_, reject) => {
    stop = () => {
      reject(signal.reason as Error);
    };
    signal.addEventListener("abort", stop);
  });
  try {
    signal.throwIfAborted();
    return await Promise.race([promise, ended]);
  } finally {
    signal.removeEventListener("abort", stop);
    // Whoever lost the race may still fail: nobody listens then.
    promise.catch(() => undefined);
  }
}
