import type { AccessToken, GetTokenOptions, TokenCredential } from "@azure/identity";
import { SopsError } from "../../core/base/errors.ts";
import { isErrorNamed, messageOf } from "../../core/base/realm.ts";
import { unreachable, type Unreachable } from "../network.ts";
import { entraFailure } from "./entra.ts";

/** One kind of credential. `make` answers why there is none of it here, in a few words. */
export interface Source {
  readonly name: string;
  make(): Promise<TokenCredential | string>;
}

/**
 * The first source that has credentials logs in. One that has some which are refused ends the search: another identity
 * must not be used by accident. The one that succeeded is used from then on. Throws NOT_LOGGED_IN or UNREACHABLE.
 */
export function chain(sources: readonly Source[]): TokenCredential {
  let chosen: TokenCredential | undefined;
  return {
    async getToken(scopes: string | string[], options?: GetTokenOptions): Promise<AccessToken | null> {
      if (chosen !== undefined) return chosen.getToken(scopes, options).catch(refuse);
      const tried: string[] = [];
      for (const source of sources) {
        const found = await from(source, scopes, options);
        if (typeof found === "string") {
          tried.push(`${source.name}: ${found}`);
          continue;
        }
        chosen = found.credential;
        return found.token;
      }
      throw nobody(tried);
    },
  };
}

interface Login {
  readonly credential: TokenCredential;
  readonly token: AccessToken;
}

/** A login, or why this source has no credentials. Throws where it has some and they are refused. */
async function from(
  source: Source,
  scopes: string | string[],
  options: GetTokenOptions | undefined,
): Promise<Login | string> {
  const credential = await source.make();
  if (typeof credential === "string") return credential;
  try {
    const token = await credential.getToken(scopes, options);
    return token === null ? "not available" : { credential, token };
  } catch (error) {
    if (entraFailure(error) === null && isUnavailable(error)) return unavailable(error);
    return refuse(error);
  }
}

const isUnavailable = (error: unknown): error is Error =>
  isErrorNamed(error, "CredentialUnavailableError") &&
  unreachable(error) === null &&
  lostByMsal(error) === null;

/** The message of the SDK may hold what a program printed, so only what is known is said. */
function unavailable({ message }: Error): string {
  if (/couldn't be found|could not be found|not installed|not recognized/i.test(message))
    return "not installed";
  if (/az login|azd auth login|Connect-AzAccount/i.test(message)) return "not logged in";
  return "not available";
}

function refuse(error: unknown): never {
  if (error instanceof SopsError) throw error;
  const known = entraFailure(error);
  if (known !== null)
    throw new SopsError("NOT_LOGGED_IN", `azure refused the login: ${known.reason}`, { hint: known.hint });
  const network = unreachable(error) ?? lostByMsal(error);
  if (network !== null)
    throw new SopsError("UNREACHABLE", `cannot reach the login server of azure: ${network.reason}`, {
      hint: network.hint,
    });
  throw new SopsError("NOT_LOGGED_IN", "azure refused the login", {
    hint: "check AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or run az login",
  });
}

/** Microsoft's login library drops the error of the network and keeps only that there was one. */
function lostByMsal(error: unknown): Unreachable | null {
  const text = messageOf(error);
  if (!/^(?:network_error|endpoints_resolution_error)/.test(text)) return null;
  return {
    reason: "no answer",
    hint: "check the network, HTTPS_PROXY, NODE_EXTRA_CA_CERTS and AZURE_AUTHORITY_HOST",
  };
}

function nobody(tried: readonly string[]): SopsError {
  return new SopsError("NOT_LOGGED_IN", `no azure credentials (${tried.join("; ")})`, {
    hint: "run az login, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET",
  });
}
