import { SopsError } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import { shownAddress } from "./transit-key.ts";

const VARIABLE = "SOPS_HC_VAULT_ALLOWLIST";

/** What SOPS_HC_VAULT_ALLOWLIST says: every server, or those whose address starts with one of these. */
interface AllowList {
  /** False: the variable is not set, and the default of SOPS (every server) holds. */
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
  return list.all || list.prefixes.some((prefix) => withSlash(address).startsWith(prefix));
}

/**
 * A file chooses the address that gets the user's token. What SOPS refuses is refused; and where the user has named a
 * server (VAULT_ADDR), any other one must be on a list that the user gave; VAULT_AGENT_ADDR replaces the address of
 * the file, so that nothing is left to choose. `what` is what the file says to be there. Throws ADDRESS_NOT_ALLOWED.
 */
export function checkAddress(address: string, host: Host, what = "the key"): void {
  const list = allowListOf(host);
  const shown = shownAddress(address);
  if (!allows(list, address))
    throw new SopsError("ADDRESS_NOT_ALLOWED", `${VARIABLE} does not allow the Vault server ${shown}`, {
      hint: `if you trust it with your Vault token, add ${shown} to ${VARIABLE}`,
    });
  if (isChosen(address, list, host)) return;
  const own = shownAddress(host.env("VAULT_ADDR") ?? "");
  throw new SopsError(
    "ADDRESS_NOT_ALLOWED",
    `your Vault token is for ${own} (VAULT_ADDR), but ${what} is on the Vault server ${shown}`,
    { hint: `if you trust it with your token, set ${VARIABLE}=${shown}, or unset VAULT_ADDR` },
  );
}

function isChosen(address: string, list: AllowList, host: Host): boolean {
  const own = host.env("VAULT_ADDR") ?? "";
  const agent = host.env("VAULT_AGENT_ADDR") ?? "";
  return own === "" || agent !== "" || list.given || isSameAddress(own, address);
}

/** May a server send us on to `target`, with the token? Only to itself, or where the user has named that server. */
export function mayRedirect(from: URL, target: URL, host: Host): boolean {
  if (target.origin === from.origin) return true;
  if (target.protocol !== "https:" && target.protocol !== from.protocol) return false;
  const list = allowListOf(host);
  const named = list.given && allows(list, target.origin);
  return named || isSameAddress(host.env("VAULT_ADDR") ?? "", target.origin);
}

function isSameAddress(a: string, b: string): boolean {
  return a === b || (normal(a) !== undefined && normal(a) === normal(b));
}

/** Host names in lower case, no default port, no slash at the end. */
function normal(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const { protocol, host, pathname } = new URL(address);
  return `${protocol}//${host}${pathname.replace(/\/+$/, "")}`;
}

const withSlash = (text: string): string => (text.endsWith("/") ? text : `${text}/`);
