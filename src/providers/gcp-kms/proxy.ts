import { SopsError } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";

export interface Proxy {
  readonly url: URL;
  /** `user:password`. */
  readonly userInfo: string | undefined;
}

/**
 * The proxy for a server that speaks TLS: HTTPS_PROXY, unless NO_PROXY names the server; both in either case, as in
 * Go. grpc-js reads only the lower-case ones, google-gax by REST none at all.
 */
export function proxyFor(target: string, host: Host): Proxy | null {
  const text = either(host, "HTTPS_PROXY");
  if (text === "" || isExempt(target, either(host, "NO_PROXY"))) return null;
  const url = parsed(text.includes("://") ? text : `http://${text}`);
  if (url === null)
    throw new SopsError("BAD_CONFIG", "HTTPS_PROXY is not a URL", { hint: "write it as http://HOST:PORT" });
  const { username, password } = url;
  return { url, userInfo: username === "" ? undefined : decodeURIComponent(`${username}:${password}`) };
}

const either = (host: Host, name: string): string =>
  (host.env(name) || host.env(name.toLowerCase()) || "").trim();

function parsed(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

/** `*`, a host, or the end of one: `.example.com` and `example.com` hold for `a.example.com`. Loopback never takes a proxy. */
function isExempt(target: string, list: string): boolean {
  if (target === "localhost" || target === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(target)) return true;
  return list
    .split(",")
    .map((rule) =>
      rule
        .trim()
        .replace(/^\*?\./, "")
        .replace(/:\d+$/, "")
        .toLowerCase(),
    )
    .filter((rule) => rule !== "")
    .some((rule) => rule === "*" || target === rule || target.endsWith(`.${rule}`));
}
