import { SopsError } from "../../core/base/errors.ts";
import type { Host } from "../../core/ports/host.ts";
import { formatSeconds } from "../../core/base/time.ts";
import { withoutForce } from "./fingerprint.ts";
import { gpgHome, quoted, statusOf, type GpgResult } from "./gpg.ts";
import { listKeys, type ListedKey } from "./listing.ts";

/**
 * Why gpg did not encrypt. It names a reason only for a key that it does not have ("INV_RECP 1"): expired, revoked and
 * disabled keys and those that cannot encrypt are all "unusable" to it, so the key itself is looked at.
 */
export async function wrapFailure(
  result: GpgResult,
  fingerprint: string,
  host: Host,
  signal?: AbortSignal,
): Promise<SopsError> {
  const refused = statusOf(result, "INV_RECP");
  if (refused === undefined)
    return new SopsError("WRAP_FAILED", `gpg could not encrypt for the key ${fingerprint}${quoted(result)}`, {
      hint: `see what this says: echo test | gpg --encrypt --armor --recipient ${fingerprint}`,
    });
  const { keys } = await listKeys("--list-keys", fingerprint, host, signal);
  if (keys.length === 0) return notFound(fingerprint, host);
  const { cause, hint } = whyUnusable(keys, fingerprint);
  return new SopsError("KEY_UNUSABLE", `gpg cannot encrypt for the key ${fingerprint}: ${cause}`, { hint });
}

function notFound(fingerprint: string, host: Host): SopsError {
  return new SopsError("KEY_NOT_FOUND", `gpg has no public key ${fingerprint} in ${gpgHome(host)}`, {
    hint: `import it with gpg --import FILE or gpg --recv-keys ${withoutForce(fingerprint)}, or leave it out`,
  });
}

interface Unusable {
  readonly cause: string;
  readonly hint: string;
}

const REPLACE = "use another key, and take this one out of the config and the file";

function whyUnusable(keys: readonly ListedKey[], fingerprint: string): Unusable {
  const primary = keys.find((key) => key.primary);
  if (primary?.abilities.includes("D") === true)
    return { cause: "it is disabled", hint: `enable it: gpg --edit-key ${primary.fingerprint} enable` };
  const forced = fingerprint.endsWith("!") ? keys.find((key) => isNamed(key, fingerprint)) : undefined;
  const encrypting = keys.filter((key) => key.abilities.includes("e"));
  return (
    why(primary, "it", primary) ??
    why(forced, "this subkey", primary) ??
    cannotEncrypt(forced, encrypting, primary) ??
    why(encrypting.at(-1), "its encryption subkey", primary) ?? {
      cause: "gpg calls it unusable",
      hint: `see what this says: gpg --list-keys ${withoutForce(fingerprint)}`,
    }
  );
}

function isNamed(key: ListedKey, fingerprint: string): boolean {
  const digits = withoutForce(fingerprint).replace(/^0x/i, "").toUpperCase();
  return key.fingerprint.toUpperCase().endsWith(digits);
}

function why(key: ListedKey | undefined, what: string, primary: ListedKey | undefined): Unusable | undefined {
  if (key?.validity === "r") return { cause: `${what} has been revoked`, hint: REPLACE };
  if (key?.validity === "i") return { cause: `${what} is invalid`, hint: REPLACE };
  if (key?.validity !== "e") return undefined;
  const date = key.expires === undefined ? "" : ` on ${formatSeconds(new Date(key.expires * 1000))}`;
  const subkeys = key.primary ? "" : ` ${key.fingerprint}`;
  return {
    cause: `${what} has expired${date}`,
    hint: `import it anew, or where it is yours: gpg --quick-set-expire ${primary?.fingerprint ?? ""} 1y${subkeys}`,
  };
}

function cannotEncrypt(
  forced: ListedKey | undefined,
  encrypting: readonly ListedKey[],
  primary: ListedKey | undefined,
): Unusable | undefined {
  if (forced !== undefined && !encrypting.includes(forced))
    return {
      cause: "this subkey is not for encryption",
      hint: "name one that gpg --list-keys shows with [E]",
    };
  if (encrypting.length > 0) return undefined;
  return {
    cause: "it has no subkey for encryption",
    hint: `where it is yours: gpg --quick-add-key ${primary?.fingerprint ?? ""} default encrypt`,
  };
}
