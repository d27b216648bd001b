import { SopsError } from "../../core/base/errors.ts";
import { isError } from "../../core/base/realm.ts";
import { failureOf } from "./failure.ts";
import { networkFailure } from "./network-failure.ts";

/** How to renew a login, by where it came from. */
export function loginAgain(source: string): string {
  switch (source) {
    case "GOOGLE_OAUTH_ACCESS_TOKEN":
      return "it lasts an hour: set GOOGLE_OAUTH_ACCESS_TOKEN=$(gcloud auth print-access-token)";
    case "the metadata server":
      return "give this machine a service account with the scope cloud-platform";
    default:
      return "run gcloud auth application-default login, or use a new key of the service account";
  }
}

/** Why no token was to be had. */
export function loginError(error: unknown, login: string): SopsError {
  if (error instanceof SopsError) return error;
  if (isBadKey(error))
    return new SopsError("NOT_LOGGED_IN", `GCP KMS: the private_key of ${login} cannot be read`, {
      hint: "use a new JSON key of the service account, and keep its \\n as they are",
    });
  const oauth = oauthError(error);
  if (oauth === "invalid_grant")
    return notLoggedIn(`the login of ${login} has expired or was revoked (invalid_grant)`, login);
  if (oauth !== undefined) return notLoggedIn(`the login of ${login} was refused (${oauth})`, login);
  const { response } = (error ?? {}) as { response?: { status?: unknown } };
  const http = Number(response?.status);
  if (http >= 500)
    return new SopsError(
      "UNREACHABLE",
      `GCP KMS: the login of ${login} is answered with HTTP ${String(http)}`,
      {
        hint: "try again, and check HTTPS_PROXY",
      },
    );
  const network = response === undefined ? networkFailure(failureOf(error), null) : null;
  if (network === null) return notLoggedIn(`no token is to be had with the login of ${login}`, login);
  return new SopsError("UNREACHABLE", `GCP KMS: cannot log in with ${login}: ${network.reason}`, {
    hint: network.hint,
  });
}

/** By OpenSSL's own codes: what it says may quote the key. */
function isBadKey(error: unknown): boolean {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === "string" && /^ERR_OSSL|^ERR_CRYPTO|^ERR_INVALID_ARG/.test(code);
}

const notLoggedIn = (what: string, login: string): SopsError =>
  new SopsError("NOT_LOGGED_IN", `GCP KMS: ${what}`, { hint: loginAgain(login) });

/** RFC 6749 section 5.2: the `error` of a token endpoint, such as invalid_grant. */
function oauthError(error: unknown): string | undefined {
  const { response } = (error ?? {}) as { response?: { data?: unknown } };
  const { data } = response ?? {};
  const named = typeof data === "object" && data !== null && "error" in data ? data.error : undefined;
  return typeof named === "string" && /^[a-z_]{3,40}$/.test(named) ? named : undefined;
}

/** Why credentials cannot be used. Nothing of the SDK's message: it may quote them. */
export function credentialsError(error: unknown, source: string): SopsError {
  if (error instanceof SopsError) return error;
  return new SopsError("NOT_LOGGED_IN", `GCP KMS: the Google credentials of ${source} cannot be used`, {
    hint: "use the JSON key of a service account, or run gcloud auth application-default login",
  });
}

/** Why there is no client: it has its words already, unless the file of the credentials did not answer in time. */
export function connectError(error: unknown): Error {
  const network = error instanceof SopsError ? null : networkFailure(failureOf(error), null);
  if (network !== null)
    return new SopsError("UNREACHABLE", `GCP KMS: cannot log in: ${network.reason}`, { hint: network.hint });
  return isError(error) ? error : new Error("GCP KMS: no client");
}
