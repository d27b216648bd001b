import { SopsError } from "../../core/base/errors.ts";
import type { Host } from "../../core/ports/host.ts";
import { proxyFromEnv } from "../proxy.ts";

export interface Proxy {
  readonly url: URL;
  /** `user:password`. */
  readonly userInfo: string | undefined;
}

/**
 * The proxy on the way to an `https:` address, taken apart: grpc-js reads only the lower-case variables, google-gax by
 * REST none at all. Throws BAD_CONFIG.
 */
export function proxyFor(address: string, host: Host): Proxy | null {
  const text = proxyFromEnv(new URL(address), host);
  if (text === undefined) return null;
  const url = parsed(text);
  if (url === null)
    throw new SopsError("BAD_CONFIG", "HTTPS_PROXY is not a URL", { hint: "write it as http://HOST:PORT" });
  const { username, password } = url;
  return { url, userInfo: username === "" ? undefined : decodeURIComponent(`${username}:${password}`) };
}

function parsed(text: string): URL | null {
  try {
    return new URL(text.trim());
  } catch {
    return null;
  }
}
