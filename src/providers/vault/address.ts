import { SopsError } from "../../core/base/errors.ts";
import type { Host } from "../../core/ports/host.ts";
import { shownAddress } from "./transit-key.ts";

const VARIABLE = "SOPS_HC_VAULT_ALLOWLIST";

/** What SOPS_HC_VAULT_ALLOWLIST says: every server, or those whose address starts with one of these. */
interface AllowList {
  /** False: the variable is not set. SOPS takes that for every server; here nobody has named one then. */
  readonly given: boolean;
  readonly all: boolean;
  /** Each ends with a slash, so that `http://example.com` does not allow `http://example.com.evil.org`. */
  readonly prefixes: readonly string[];
}

/** The list as SOPS reads it. Throws BAD_CONFIG for an empty entry. */
export function allowListOf(host: Host): AllowList {
  const text = host.env(VARIABLE) ?? "";
  if (text === "" || text === "all") return { given: text !== "", all: true, prefixes: [] };
  if (text === "none") return { given: true, all: false, prefixes: [] };
  const prefixes = text.split(",").map((entry, i) => {
    const prefix = entry.trim();
    if (prefix !== "") return withSlash(prefix);
    throw new SopsError("BAD_CONFIG", `${VARIABLE}'s entry ${String(i + 1)} is empty`, {
      hint: "write all, none, or addresses separated by commas",
    });
  });
  return { given: true, all: false, prefixes };
}

export function allows(list: AllowList, address: string): boolean {
  return list.all || isListed(list, address);
}

/** What a path with dots leads to must be on the list as well. */
function isListed({ prefixes }: AllowList, address: string): boolean {
  const meant = normal(address);
  return prefixes.some(
    (prefix) =>
      withSlash(address).startsWith(prefix) &&
      (meant === undefined || withSlash(meant).startsWith(withSlash(normal(prefix) ?? prefix))),
  );
}

/** Who names a server. */
export interface Naming {
  readonly address: string;
  /** What it is the server of, for messages: `the key`. */
  readonly what: string;
  /** The user has named it in so many words: on the command line, or by naming none, which means the usual one. */
  readonly byUser?: boolean | undefined;
}

/**
 * A file or a config chooses the address that gets the user's token. It gets it where the user has named it: by
 * VAULT_ADDR, the list, the command line, or an answer on the terminal. VAULT_AGENT_ADDR takes the place of every
 * address, so that nothing is left to choose. Throws ADDRESS_NOT_ALLOWED.
 */
export async function checkAddress(naming: Naming, host: Host): Promise<void> {
  const { address } = naming;
  const list = allowListOf(host);
  if (!allows(list, address)) throw notListed(address);
  if ((host.env("VAULT_AGENT_ADDR") ?? "") !== "" || isNamed(address, list, host)) return;
  const own = host.env("VAULT_ADDR") ?? "";
  if (own !== "" && !list.given) throw otherThanOwn(naming, own);
  if (naming.byUser === true || isTyped(address, host)) return;
  if (!/^https:/i.test(address)) throw unprotected(naming);
  if (!list.given) await askToTrust(naming, host);
}

/** By VAULT_ADDR, or by the list in its own words; `all` names none. */
function isNamed(address: string, list: AllowList, host: Host): boolean {
  return isSameAddress(host.env("VAULT_ADDR") ?? "", address) || isListed(list, address);
}

/** In a key that stands on the command line. */
function isTyped(address: string, host: Host): boolean {
  return (host.typedKeys ?? []).some(
    (uri) => URL.canParse(uri) && isSameAddress(new URL(uri).origin, address),
  );
}

function notListed(address: string): SopsError {
  const shown = shownAddress(address);
  return new SopsError("ADDRESS_NOT_ALLOWED", `${VARIABLE} does not allow the Vault server ${shown}`, {
    hint: `if you trust it with your Vault token, add ${shown} to ${VARIABLE}`,
  });
}

function otherThanOwn({ address, what }: Naming, own: string): SopsError {
  const shown = shownAddress(address);
  return new SopsError(
    "ADDRESS_NOT_ALLOWED",
    `your Vault token is for ${shownAddress(own)} (VAULT_ADDR), but ${what} is on the Vault server ${shown}`,
    { hint: `if you trust it with your token, set ${VARIABLE}=${shown}, or VAULT_ADDR=${shown}` },
  );
}

/** Anybody on the way could take the token: nothing less than the name of the server in a variable will do. */
function unprotected({ address, what }: Naming): SopsError {
  const shown = shownAddress(address);
  return new SopsError(
    "ADDRESS_NOT_ALLOWED",
    `${what} is on the Vault server ${shown}, in plain http, which gets your token only where VAULT_ADDR names it`,
    { hint: `if you trust it, and the network between, export VAULT_ADDR=${shown}` },
  );
}

/** Throws ADDRESS_NOT_ALLOWED where the user has not said yes, now or before. */
async function askToTrust({ address, what }: Naming, host: Host): Promise<void> {
  const server = normal(address) ?? address;
  if (await isTrusted(server, host)) return;
  const shown = shownAddress(server);
  const question = `${what} is on the Vault server ${shown}, which you have not named. Send your Vault token there, now and from now on?`;
  const answer = (await host.askToTrust?.(shown, question)) ?? null;
  if (answer === true) return;
  const why = answer === null ? "you have not named it, and there is no terminal to ask on" : "you said no";
  throw new SopsError(
    "ADDRESS_NOT_ALLOWED",
    `${what} is on the Vault server ${shown}, which does not get your token: ${why}`,
    { hint: `if you trust it with your token, export VAULT_ADDR=${shown}` },
  );
}

async function isTrusted(server: string, host: Host): Promise<boolean> {
  const trusted = (await host.trustedServers?.()) ?? [];
  return trusted.some((each) => isSameAddress(each, shownAddress(server)));
}

/** May a server send us on to `target`, with the token? Only to itself, or where the user has named that server. */
export function mayRedirect(from: URL, target: URL, host: Host): boolean {
  if (target.origin === from.origin) return true;
  if (target.protocol !== "https:" && target.protocol !== from.protocol) return false;
  const list = allowListOf(host);
  return (
    isNamed(target.origin, list, host) ||
    (list.given && target.protocol === "https:" && allows(list, target.origin))
  );
}

function isSameAddress(a: string, b: string): boolean {
  return a !== "" && (a === b || (normal(a) !== undefined && normal(a) === normal(b)));
}

/** Host names in lower case, no default port, no user, no slash at the end. */
function normal(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const { protocol, host, pathname } = new URL(address);
  return `${protocol}//${host}${pathname.replace(/\/+$/, "")}`;
}

const withSlash = (text: string): string => (text.endsWith("/") ? text : `${text}/`);
