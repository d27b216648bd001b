import { SopsError, type ErrorCode } from "../../core/base/errors.ts";
import type { Host } from "../../core/ports/host.ts";
import { printable } from "../../core/base/printable.ts";
import { codeOf } from "../../core/base/realm.ts";
import { CHECK_CA, hintOnCa, unreachable } from "../network.ts";
import { pasted } from "../pasted.ts";
import { isPlainAddress } from "./transit-key.ts";

/** What a failed connection must be known by. */
interface Server {
  readonly name: string;
  readonly cancel: AbortSignal | undefined;
  readonly host: Host;
}

/** What to do about TLS here, where Vault has settings of its own for it. */
const TLS_HINTS: readonly (readonly [RegExp, string])[] = [
  [/ALTNAME/, "check the address, or set VAULT_TLS_SERVER_NAME to a name in its certificate"],
  [
    /ALERT|OSSL|X509|ERR_SSL|CERTIFICATE_REQUIRED/,
    "check VAULT_CLIENT_CERT, VAULT_CLIENT_KEY and VAULT_CACERT",
  ],
];

/** Why no answer came. Throws the reason of the user's own signal, where that is why. */
export function connectionFailed(error: unknown, { name, cancel, host }: Server): SopsError {
  cancel?.throwIfAborted();
  const known = unreachable(error);
  const code = codeOf(error) ?? "unknown error";
  const reason = known?.reason ?? `the connection fails (${code})`;
  return new SopsError("UNREACHABLE", `cannot reach the Vault server ${name}: ${reason}`, {
    hint: hintFor(known?.hint ?? "check the address and the network", reason, host),
  });
}

function hintFor(hint: string, reason: string, host: Host): string {
  const onCa = hintOnCa(hint, host, "VAULT_CACERT", "VAULT_CACERT_BYTES", "VAULT_CAPATH");
  if (onCa !== hint) return onCa;
  if (hint === CHECK_CA) return "set VAULT_CACERT to a file with the certificate of its CA";
  if (reason.includes("WRONG_VERSION") || reason.includes("EPROTO")) return hint;
  const own = TLS_HINTS.find(([pattern]) => pattern.test(reason))?.[1];
  return own ?? hint.replace("HTTPS_PROXY", "HTTPS_PROXY or VAULT_PROXY_ADDR");
}

/** The server wants our token to go elsewhere, and the user has not named that place. */
export function redirectRefused(target: URL, { name }: Pick<Server, "name">): SopsError {
  const there = isPlainAddress(target.origin) ? target.origin : "another server";
  return new SopsError(
    "ADDRESS_NOT_ALLOWED",
    `the Vault server ${name} redirects to ${there}, which does not get your Vault token`,
    { hint: `if you trust it, add ${there} to SOPS_HC_VAULT_ALLOWLIST` },
  );
}

/** One call to a transit engine that the server answered with an error. */
export interface RefusedCall {
  readonly server: string;
  /** `decrypt` or `encrypt`. */
  readonly operation: string;
  readonly engine: string;
  readonly key: string;
  readonly status: number;
  /** The server's own words, freed of secrets. */
  readonly words: string;
}

type Rule = readonly [
  matches: (call: RefusedCall) => boolean,
  code: ErrorCode,
  cause: (call: RefusedCall) => string,
  hint: (call: RefusedCall) => string,
];

const says =
  (pattern: RegExp) =>
  ({ words }: RefusedCall): boolean =>
    pattern.test(words);

const pathOf = (engine: string, key: string): string => pasted(`${engine}/keys/${key}`, "PATH");

/** What the answers of Vault and OpenBao mean; the first that matches. Refused tokens are told apart elsewhere. */
const RULES: readonly Rule[] = [
  [({ status }) => status === 429, "THROTTLED", () => "too many requests", () => "try again in a minute"],
  [
    ({ status, words }) => status === 503 && /sealed/i.test(words),
    "UNREACHABLE",
    () => "it is sealed",
    () => "unseal it with vault operator unseal (or bao operator unseal)",
  ],
  [
    says(/HTTP request to an HTTPS server/),
    "UNREACHABLE",
    () => "it speaks TLS, but the address of the key begins with http:",
    () => "write the URI of the key with https:",
  ],
  [
    ({ status }) => status >= 500,
    "UNREACHABLE",
    (call) => `it fails (${answerOf(call)})`,
    () => "look at the log of the server",
  ],
  [
    ({ status }) => status >= 300 && status < 400,
    "UNREACHABLE",
    ({ status }) => `it redirects (${String(status)})`,
    () => "use the address of the active server",
  ],
  [
    says(/namespace not found/),
    "KEY_NOT_FOUND",
    () => "the namespace does not exist",
    () => "check VAULT_NAMESPACE",
  ],
  [
    ({ status }) => status === 404,
    "KEY_NOT_FOUND",
    ({ engine }) => `there is no transit engine at ${engine}/`,
    ({ engine }) =>
      `check the URI and VAULT_NAMESPACE, or run vault secrets enable -path=${pasted(engine, "PATH")} transit`,
  ],
  [
    says(/key not found|no existing key/),
    "KEY_NOT_FOUND",
    () => "the key does not exist",
    ({ engine, key }) =>
      `check its name and VAULT_NAMESPACE, or make it: vault write -f ${pathOf(engine, key)}`,
  ],
  [
    says(/too old/),
    "KEY_UNUSABLE",
    () => "it no longer decrypts with the version of the key that wrapped the data key",
    ({ engine, key }) => `lower min_decryption_version in ${pathOf(engine, key)}/config`,
  ],
  [
    says(/soft.?deleted/),
    "KEY_UNUSABLE",
    () => "the key is deleted",
    ({ engine, key }) => `restore it: bao write -f ${pathOf(engine, key)}/soft-delete-restore`,
  ],
  [
    says(/not support/),
    "KEY_UNUSABLE",
    ({ operation }) => `a key of its type cannot ${operation}`,
    () => "use a key of a type such as aes256-gcm96",
  ],
  [
    says(/too new|authentication failed|decryption error|invalid ciphertext/),
    "UNWRAP_FAILED",
    () => "this key did not wrap the data key",
    () => "the key may have been deleted and made anew, or the file damaged: restore either",
  ],
];

/** The failure that an error status tells of. */
export function callRefused(call: RefusedCall): SopsError {
  const rule = RULES.find(([matches]) => matches(call));
  const fallback = call.operation === "encrypt" ? "WRAP_FAILED" : "UNWRAP_FAILED";
  const [, code, cause, hint] = rule ?? [
    null,
    fallback,
    (): string => answerOf(call),
    (): string => "look at the log of the server",
  ];
  return failedCall(call, code, cause(call), hint(call));
}

/** `cause` stands after the names of the server and the key. */
export function failedCall(
  call: Pick<RefusedCall, "server" | "operation" | "engine" | "key">,
  code: ErrorCode,
  cause: string,
  hint: string,
): SopsError {
  const { server, operation, engine, key } = call;
  const message = `cannot ${operation} with the key ${engine}/keys/${key} of the Vault server ${server}: ${cause}`;
  return new SopsError(code, printable(message), { hint: printable(hint) });
}

function answerOf({ status, words }: RefusedCall): string {
  return words === "" ? `status ${String(status)}` : `status ${String(status)}: ${words}`;
}
