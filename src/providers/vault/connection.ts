import { SopsError } from "../../core/base/errors.ts";
import type { Host, HttpRequest } from "../../core/ports/host.ts";
import { proxyFromEnv, withScheme } from "../proxy.ts";
import { LIMITS, limited } from "../network.ts";
import { checkAddress, type Naming } from "./address.ts";
import { connectionFailed } from "./failure.ts";
import { tlsSettings } from "./tls.ts";
import { findToken, type Token } from "./token.ts";
import { shownAddress } from "./transit-key.ts";
import { badVariable, booleanVariable, countVariable, durationVariable, textVariable } from "./variables.ts";

/** All that the environment says of how one server of Vault is called. */
export interface Connection {
  /** For people: the address without user name and password. */
  readonly name: string;
  /** Where requests go: the address, or the agent of VAULT_AGENT_ADDR. Without a slash at the end. */
  readonly endpoint: string;
  readonly token: Token | null;
  readonly namespace: string | undefined;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  readonly retries: number;
  readonly redirects: boolean;
  readonly host: Host;
  /** The user's, and that signal with the limit. */
  readonly cancel: AbortSignal | undefined;
  readonly signal: AbortSignal;
  readonly transport: Pick<HttpRequest, "tls" | "socketPath">;
  readonly proxyFor: (url: URL) => string | undefined;
}

/**
 * Works with a server as long as VAULT_CLIENT_TIMEOUT or our own limit allows; a negative one is none, as in HashiCorp's
 * client. Throws ADDRESS_NOT_ALLOWED before anything is read for it, NOT_LOGGED_IN, BAD_CONFIG, CANNOT_READ, UNREACHABLE
 * at the limit, and UNSUPPORTED on a platform without connections of its own.
 */
export async function withConnection<T>(
  named: Naming,
  host: Host,
  signal: AbortSignal | undefined,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const settings = await settingsFor(named, host);
  const timeout = durationVariable("VAULT_CLIENT_TIMEOUT", host) ?? LIMITS.call;
  try {
    return await limited(
      signal,
      (limit) => work({ ...settings, cancel: signal, signal: limit }),
      timeout < 0 ? Infinity : Math.ceil(timeout),
    );
  } catch (error) {
    if (error instanceof SopsError) throw error;
    throw connectionFailed(error, { name: settings.name, cancel: signal, host });
  }
}

/** Throws what `withConnection` would before anything is sent. */
export async function refuseConnection(named: Naming, host: Host): Promise<void> {
  await settingsFor(named, host);
}

/** What the variables of HashiCorp's client say of a server. */
async function settingsFor(named: Naming, host: Host): Promise<Omit<Connection, "cancel" | "signal">> {
  if (host.request === undefined)
    throw new SopsError("UNSUPPORTED", "Vault is not available here", { hint: "use sops-ts/node" });
  const { address } = named;
  await checkAddress(named, host);
  const agent = textVariable("VAULT_AGENT_ADDR", host);
  const { endpoint, socketPath } = endpointOf(address, agent);
  const proxyFor = (url: URL): string | undefined => proxyOf(url, host);
  proxyFor(new URL(endpoint));
  return {
    name: shownAddress(address) + (agent === undefined ? "" : ` (by the agent ${shownAddress(agent)})`),
    endpoint,
    token: await findToken(host),
    namespace: textVariable("VAULT_NAMESPACE", host),
    headers: extraHeaders(host),
    retries: countVariable("VAULT_MAX_RETRIES", host, 2),
    redirects: !booleanVariable("VAULT_DISABLE_REDIRECTS", host),
    host,
    transport: { tls: await tlsSettings(host), socketPath },
    proxyFor: socketPath === undefined ? proxyFor : () => undefined,
  };
}

/** An agent on this machine (VAULT_AGENT_ADDR) stands in for every server. */
function endpointOf(address: string, agent: string | undefined): { endpoint: string; socketPath?: string } {
  if (agent?.startsWith("unix://") === true)
    return { endpoint: "http://localhost", socketPath: agent.slice("unix://".length) };
  if (agent !== undefined && !(/^https?:\/\/[^/]/.test(agent) && URL.canParse(agent)))
    throw badVariable("VAULT_AGENT_ADDR", "is no http, https or unix address", "correct or unset it");
  return { endpoint: (agent ?? address).replace(/\/+$/, "") };
}

function proxyOf(url: URL, host: Host): string | undefined {
  const own = textVariable("VAULT_PROXY_ADDR", host) ?? textVariable("VAULT_HTTP_PROXY", host);
  const proxy = own === undefined ? proxyFromEnv(url, host) : withScheme(own);
  if (proxy === undefined || (/^https?:/i.test(proxy) && URL.canParse(proxy))) return proxy;
  const name = own === undefined ? "HTTPS_PROXY" : "VAULT_PROXY_ADDR";
  throw badVariable(name, "names no http or https proxy", "give it an address such as http://proxy:3128");
}

/** VAULT_HEADERS: a JSON map of texts. Those that Vault itself uses are refused. */
function extraHeaders(host: Host): Readonly<Record<string, string>> {
  const text = textVariable("VAULT_HEADERS", host);
  const entries = text === undefined ? [] : headerEntries(text);
  if (entries.some(([name]) => name.toLowerCase().startsWith("x-vault-")))
    throw badVariable("VAULT_HEADERS", "has a header X-Vault-..., which is Vault's own", "leave it out");
  return { ...Object.fromEntries(entries), "X-Vault-Request": "true" };
}

function headerEntries(text: string): [string, string][] {
  try {
    const entries = Object.entries(JSON.parse(text) as Record<string, unknown>);
    if (entries.every((entry): entry is [string, string] => isHeader(entry))) return entries;
  } catch {
    // What JSON.parse says shows a part of the text, which can hold a secret.
  }
  throw badVariable("VAULT_HEADERS", "is not a JSON map of headers", 'write it as {"Name": "value"}');
}

function isHeader([name, value]: [string, unknown]): boolean {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name) && typeof value === "string" && /^[\t -~]*$/.test(value);
}
