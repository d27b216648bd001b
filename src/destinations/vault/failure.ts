import type { VaultSpec } from "../../core/ports/destination.ts";
import { SopsError } from "../../core/base/errors.ts";
import { printable } from "../../core/base/printable.ts";
import type { VaultAnswer } from "../../providers/vault/exchange.ts";
import { LOG_IN } from "../../providers/vault/token.ts";
import { refused } from "../refused.ts";

/** A secret that was to be written. */
interface Secret {
  readonly shown: string;
  readonly path: string;
  readonly spec: VaultSpec;
}

export function notRead(shown: string, status: number): SopsError {
  return new SopsError(
    status === 429 ? "THROTTLED" : "UNREACHABLE",
    `Vault: cannot look at ${printable(shown)} (HTTP ${String(status)})`,
    {
      hint: status === 503 ? "unseal the server, or wait until it is ready" : "look at the log of the server",
    },
  );
}

/** What the server says is looked at and not shown: it may quote what was sent. */
export function notWritten(
  { statusCode: status, body }: VaultAnswer,
  { shown, path, spec }: Secret,
): SopsError {
  const what = `Vault: cannot write ${printable(shown)}`;
  const words = JSON.stringify(body);
  const told = RULES.find(([pattern]) => pattern.test(words));
  if (told !== undefined) return new SopsError("PUBLISH_FAILED", `${what}: ${told[1]}`, { hint: told[2] });
  return refused({
    what,
    status,
    word: undefined,
    login: LOG_IN,
    permission: `the token needs create and update on ${printable(path)}, or has expired: ${LOG_IN}`,
    missing: `check vault_kv_mount_name (${printable(spec.mount)}) and VAULT_NAMESPACE`,
  });
}

const RULES: readonly (readonly [RegExp, why: string, hint: string])[] = [
  [
    /versioned K\/V/,
    "the engine keeps versions, and the rule says that it keeps none",
    "write vault_kv_version: 2",
  ],
  [/missing client token/, "there is no token in VAULT_TOKEN or ~/.vault-token", LOG_IN],
  [/check-and-set/, "the engine wants check-and-set", "turn cas_required off for this secret"],
];
