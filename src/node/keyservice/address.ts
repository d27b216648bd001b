/** Where a key service is: a TCP port or a Unix socket. */
export type Address =
  | { readonly network: "tcp"; readonly host: string; readonly port: number }
  | { readonly network: "unix"; readonly path: string };

/** `tcp://host:port`, `unix:///path`, `unix:path`; null for anything else. */
export function parseUri(uri: string): Address | null {
  const tcp = /^tcp:\/\/(.*?)\/?$/.exec(uri)?.[1];
  if (tcp !== undefined) return parseHostPort(tcp);
  const path = /^unix:(?:\/\/(?=\/))?([^/].*|\/.*)$/.exec(uri)?.[1];
  if (path === undefined || path.startsWith("//")) return null;
  return { network: "unix", path: decoded(path) };
}

/** `host:port`, `[::1]:port`; no host is every address of this machine. Null where it is neither. */
export function parseHostPort(text: string): Address | null {
  const [, v6, name, digits] = /^(?:\[([^[\]]+)\]|([^[\]/:@]*)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535) return null;
  return { network: "tcp", host: v6 ?? name ?? "", port };
}

export function formatUri(address: Address): string {
  if (address.network === "unix") return `unix://${address.path}`;
  const { host, port } = address;
  return `tcp://${host.includes(":") ? `[${host}]` : host}:${String(port)}`;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
