import { SopsError, type ErrorCode } from "../../core/base/errors.ts";
import { unreachable } from "../network.ts";
import { pasted } from "../pasted.ts";
import { urlOf, type VaultKey } from "./vault-key.ts";

/** What was being done; each needs the permission of its name. */
export type Operation = "get" | "encrypt" | "decrypt";

type Known = readonly [code: ErrorCode, reason: string, hint: string];

/**
 * The error that a failed call becomes. The SDK's own error holds the request, and so the data key and the token: of it
 * only the status and the codes are taken, and it is never kept as a cause. `status`: of the vault's last answer.
 */
export function failureOf(
  error: unknown,
  operation: Operation,
  key: VaultKey,
  status: number | undefined,
): SopsError {
  if (error instanceof SopsError) return aboutKey(error, key);
  const network = unreachable(error);
  if (network !== null) return failure(["UNREACHABLE", network.reason, network.hint], key);
  const answer = answerOf(error, status);
  return failure(known(answer, operation, key) ?? unknownFailure(answer, operation), key);
}

function failure([code, reason, hint]: Known, key: VaultKey): SopsError {
  return new SopsError(code, `azure key vault, key ${shown(key)}: ${reason}`, { hint });
}

function aboutKey({ code, message, hint }: SopsError, key: VaultKey): SopsError {
  return new SopsError(code, `azure key vault, key ${shown(key)}: ${message}`, { hint });
}

/** Without the slash that stands in the metadata of a key without a version. */
const shown = (key: VaultKey): string => urlOf(key).replace(/\/$/, "");

interface Answer {
  readonly status: number | undefined;
  /** The inner code of the vault's error: `KeyDisabled`, `ForbiddenByPolicy`. */
  readonly inner: string;
  readonly message: string;
}

function answerOf(error: unknown, status: number | undefined): Answer {
  const { details, message } = (error ?? {}) as Record<string, unknown>;
  const body = (details as { error?: { innerError?: { code?: unknown } } } | undefined)?.error;
  const inner = typeof body?.innerError?.code === "string" ? body.innerError.code : "";
  return { status, inner, message: typeof message === "string" ? message : "" };
}

function known({ status, inner, message }: Answer, operation: Operation, key: VaultKey): Known | null {
  if (/challenge resource/i.test(message)) return strangeVault(key);
  if (status === 401)
    return ["NOT_LOGGED_IN", "the vault refused the token (401)", "run az login, or renew the client secret"];
  if (status === 403) return forbidden(inner, operation, key);
  if (status === 404)
    return [
      "KEY_NOT_FOUND",
      "the vault has no such key or version (404)",
      `check it: az keyvault key show --id ${pasted(shown(key), "URL")}`,
    ];
  if (status === 429)
    return ["THROTTLED", "the vault asks to slow down (429)", "wait a few seconds and repeat the command"];
  if (status === 502 || status === 503 || status === 504)
    return [
      "UNREACHABLE",
      `a proxy or the vault answered ${status}`,
      "check HTTPS_PROXY, or repeat the command",
    ];
  return null;
}

/** The token must go to nobody but a vault of the cloud that it was made for: the SDK compares the two. */
function strangeVault({ vaultUrl }: VaultKey): Known {
  const reason = "its address is not one of the cloud that it wants a token of";
  return ["ADDRESS_NOT_ALLOWED", reason, `check that ${vaultUrl} is your vault`];
}

function forbidden(inner: string, operation: Operation, key: VaultKey): Known {
  if (inner === "KeyDisabled")
    return [
      "KEY_UNUSABLE",
      "the key is disabled",
      `enable it: az keyvault key set-attributes --enabled true --id ${pasted(shown(key), "URL")}`,
    ];
  if (inner === "KeyOperationForbidden")
    return [
      "KEY_UNUSABLE",
      `the key does not permit ${operation}`,
      `add ${operation} to the operations of the key`,
    ];
  if (/Expired|NotYetValid|Deleted/i.test(inner))
    return [
      "KEY_UNUSABLE",
      `the key cannot be used now (${inner})`,
      `check its dates: az keyvault key show --id ${pasted(shown(key), "URL")}`,
    ];
  if (inner === "ForbiddenByFirewall")
    return [
      "KEY_DENIED",
      "the firewall of the vault does not let this address in",
      "add it: az keyvault network-rule add",
    ];
  const why = /^\w{1,60}$/.test(inner) ? ` (${inner})` : "";
  const role = "Key Vault Crypto User";
  return [
    "KEY_DENIED",
    `no permission to ${operation}${why}`,
    `grant keys/${operation}, or the role ${role}`,
  ];
}

function unknownFailure({ status }: Answer, operation: Operation): Known {
  const code = operation === "decrypt" ? "UNWRAP_FAILED" : "WRAP_FAILED";
  if (status === 400 && operation === "decrypt")
    return [
      code,
      "the vault cannot decrypt this (400)",
      "the file was changed, or the key is not the one that it was sealed with",
    ];
  if (status !== undefined)
    return [
      code,
      `the vault answered ${status}`,
      "repeat the command; if it stays, see the activity log of the vault",
    ];
  return [code, "the call failed", "repeat the command; if it stays, see the activity log of the vault"];
}
