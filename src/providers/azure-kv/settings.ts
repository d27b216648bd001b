import type { KeyClientOptions } from "@azure/keyvault-keys";
import { SopsError } from "../../core/base/errors.ts";
import type { Host } from "../../core/ports/host.ts";

export type Policy = NonNullable<KeyClientOptions["additionalPolicies"]>[number]["policy"];

/** Options that every client of the Azure SDK takes, from the variables of the host instead of those of the process. */
export interface ClientSettings {
  readonly retryOptions: { readonly maxRetries: number; readonly retryDelayInMs: number };
  readonly additionalPolicies: { policy: Policy; position: "perRetry" }[];
  readonly proxyOptions?: ProxySettings;
}

interface ProxySettings {
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
}

/** As the SDK looks for a proxy by itself. */
const PROXY_VARIABLES = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] as const;
/** Three more tries, the first after 0.4 s; where the server names a time, that one counts. */
const RETRY = { maxRetries: 3, retryDelayInMs: 400 } as const;

/** `policies`: steps of the SDK's pipeline that are run for each try. Throws BAD_CONFIG for a proxy that is no URL. */
export function clientSettings(host: Host, ...policies: readonly Policy[]): ClientSettings {
  const additionalPolicies = [CANCEL_CONNECT, ...policies].map((policy) => ({
    policy,
    position: "perRetry" as const,
  }));
  const settings = { retryOptions: RETRY, additionalPolicies };
  const name = PROXY_VARIABLES.find((each) => (host.env(each) ?? "") !== "");
  return name === undefined ? settings : { ...settings, proxyOptions: proxyOf(host.env(name) ?? "", name) };
}

/**
 * A socket on which a proxy has not yet answered CONNECT belongs to no request, so that an abort leaves it open. The
 * proxy agent hands its `connectOpts` to `net.connect`, which heeds a signal.
 */
const CANCEL_CONNECT: Policy = {
  name: "enc-cancel-connect",
  sendRequest(request, next) {
    const { connectOpts } = (request.agent ?? {}) as { connectOpts?: { signal?: unknown } };
    if (connectOpts !== undefined) connectOpts.signal = request.abortSignal;
    return next(request);
  },
};

function proxyOf(text: string, variable: string): ProxySettings {
  if (!URL.canParse(text))
    throw new SopsError("BAD_CONFIG", `${variable} is not a URL`, {
      hint: `set it like this: ${variable}=http://proxy.example.com:8080`,
    });
  const { protocol, hostname, port, username, password } = new URL(text);
  const login =
    username === "" ? {} : { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  return {
    host: `${protocol}//${hostname}`,
    port: Number(port) || (protocol === "https:" ? 443 : 80),
    ...login,
  };
}
