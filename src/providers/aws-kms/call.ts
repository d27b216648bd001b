import type { Host } from "../../core/ports/host.ts";
import { loadSdk } from "../../core/ports/load-sdk.ts";
import { LIMITS, limited } from "../network.ts";
import { type Credentials, credentialsFor, endpointOption, handlerOption, plain } from "./credentials.ts";
import { type Call, kmsFailure } from "./failure.ts";
import { sdkHandler } from "./http.ts";
import type { KmsKey } from "./key.ts";
import type * as sdkModule from "./sdk.ts";

type Sdk = typeof sdkModule;

type Client = InstanceType<Sdk["KMSClient"]>;

/** How often a call is tried in all, with pauses that grow, where it is throttled or the network fails. */
const ATTEMPTS = 5;

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
    const logIn = async (limit: AbortSignal): Promise<Credentials> =>
      credentialsFor(key, { sdk, host, handler: await sdkHandler(host, limit) });
    const credentials = await limited(signal, logIn, LIMITS.login);
    return await limited(signal, async (limit) => {
      const client = new sdk.KMSClient({
        region: key.region,
        credentials: plain(credentials),
        maxAttempts: attempts(host),
        ...handlerOption(await sdkHandler(host, limit)),
        ...endpointOption(host, "AWS_ENDPOINT_URL_KMS"),
      });
      return use(client, sdk);
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw kmsFailure(error, call, key, host);
  }
}

function attempts(host: Host): number {
  const wanted = Number(host.env("AWS_MAX_ATTEMPTS"));
  return Number.isInteger(wanted) && wanted > 0 ? wanted : ATTEMPTS;
}
