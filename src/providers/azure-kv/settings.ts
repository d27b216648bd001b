import { SopsError } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";

/** Options that every client of the Azure SDK takes, from the variables of the host instead of those of the process. */
export interface ClientSettings {
  readonly retryOptions: { readonly maxRetries: number; readonly retryDelayInMs: number };
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

/** Throws BAD_CONFIG for a proxy variable that is no URL. */
export function clientSettings(host: Host): ClientSettings {
  const name = PROXY_VARIABLES.find((each) => (host.env(each) ?? "") !== "");
  if (name === undefined) return { retryOptions: RETRY };
  return { retryOptions: RETRY, proxyOptions: proxyOf(host.env(name) ?? "", name) };
}

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
