import type { Host } from "../core/ports/host.ts";

/**
 * The proxy for a URL by HTTPS_PROXY, HTTP_PROXY and NO_PROXY (or in lower case), as Go's `http.ProxyFromEnvironment`
 * reads them: never for this machine itself; `proxy:3128` is `http://proxy:3128`.
 */
export function proxyFromEnv(url: URL, host: Host): string | undefined {
  const name = url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const proxy = variable(name, host);
  if (proxy === "" || isLoopback(hostOf(url)) || isExempt(url, variable("NO_PROXY", host))) return undefined;
  return withScheme(proxy);
}

/** `proxy:3128` is `http://proxy:3128`. */
export function withScheme(proxy: string): string {
  return proxy.includes("://") ? proxy : `http://${proxy}`;
}

function variable(name: string, host: Host): string {
  const upper = host.env(name) ?? "";
  return upper === "" ? (host.env(name.toLowerCase()) ?? "") : upper;
}

/** Without the brackets of an IPv6 address and the dot of a full name. */
function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
}

function isLoopback(name: string): boolean {
  return name === "localhost" || name === "::1" || /^127\.\d+\.\d+\.\d+$/.test(name);
}

function isExempt(url: URL, list: string): boolean {
  const entries = list.split(",").map((entry) => entry.trim().toLowerCase());
  return entries.some((entry) => entry !== "" && exempts(entry, url));
}

function exempts(entry: string, url: URL): boolean {
  if (entry === "*") return true;
  const name = hostOf(url);
  if (entry.includes("/")) return isInNetwork(name, entry);
  if (entry === name) return true;
  const [, bare = "", port] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(entry) ?? [];
  if (port !== undefined && port !== portOf(url)) return false;
  return bare === name || isDomainOf(bare, name);
}

const portOf = ({ port, protocol }: URL): string =>
  port !== "" ? port : protocol === "https:" ? "443" : "80";

/** `example.com` is itself and what is below it; `.example.com` and `*.example.com` only what is below it. */
function isDomainOf(entry: string, name: string): boolean {
  const domain = entry.replace(/^\*(?=\.)/, "");
  return name.endsWith(domain.startsWith(".") ? domain : `.${domain}`);
}

/** `10.0.0.0/8`; networks of IPv6 are not understood and exempt nothing. */
function isInNetwork(name: string, network: string): boolean {
  const [, start = "", length = ""] = /^([\d.]+)\/(\d+)$/.exec(network) ?? [];
  const [address, from, bits] = [ipv4(name), ipv4(start), Number(length)];
  if (address === null || from === null || length === "" || bits > 32) return false;
  const size = 2 ** (32 - bits);
  return Math.floor(address / size) === Math.floor(from / size);
}

function ipv4(text: string): number | null {
  const parts = text.split(".").map(Number);
  if (parts.length !== 4 || parts.some((part) => !(part >= 0 && part <= 255))) return null;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}
