import { SopsError, type ErrorCode } from "../../core/base/errors.ts";
import { errorNumber, quoted, statusOf, type GpgResult } from "./gpg.ts";

type Refusal = readonly [code: ErrorCode, cause: string, hint: string];

const TERMINAL: Refusal = [
  "KEY_DENIED",
  "its agent found no terminal to ask for the passphrase",
  "run export GPG_TTY=$(tty), or set a graphical pinentry-program in gpg-agent.conf",
];
const CARD: Refusal = [
  "KEY_UNUSABLE",
  "its smartcard cannot be used",
  "plug it in, and see what this says: gpg --card-status",
];
const CANCELLED: Refusal = ["KEY_DENIED", "the passphrase was not given", "run the command again"];
const WRONG: Refusal = ["KEY_DENIED", "the passphrase was wrong", "run the command again"];

/** What the agent answered, by libgpg-error's number. */
const REFUSALS: Readonly<Record<number, Refusal>> = {
  11: WRONG,
  62: CANCELLED,
  85: TERMINAL,
  86: TERMINAL,
  87: WRONG,
  99: CANCELLED,
  108: CARD,
  109: CARD,
  110: CARD,
  111: CARD,
  112: CARD,
  114: CANCELLED,
  177: CANCELLED,
  198: CANCELLED,
  // "Inappropriate ioctl for device", a system error: pinentry was given no terminal.
  32870: TERMINAL,
};

/** Why gpg did not decrypt with a key whose secret half it has, or null: it has not. */
export function unwrapFailure(result: GpgResult, fingerprint: string): SopsError | null {
  const refused = result.status.find((s) => s.keyword === "ERROR" && s.values[0] === "pkdecrypt_failed");
  if (refused !== undefined) return refusedBy(errorNumber(refused.values[1] ?? ""), result, fingerprint);
  if (statusOf(result, "NO_SECKEY") !== undefined) return null;
  if (statusOf(result, "ENC_TO") === undefined && statusOf(result, "NODATA") !== undefined)
    return new SopsError("UNWRAP_FAILED", `the data key wrapped for ${fingerprint} is no OpenPGP message`, {
      hint: "the file's metadata is damaged: restore it from version control",
    });
  return new SopsError("UNWRAP_FAILED", `gpg could not decrypt for the key ${fingerprint}${quoted(result)}`, {
    hint: "restore the file from version control, or see if this gpg is too old for the key",
  });
}

function refusedBy(number: number, result: GpgResult, fingerprint: string): SopsError {
  const [code, cause, hint] = REFUSALS[number] ?? [
    "UNWRAP_FAILED" as const,
    `its agent failed${quoted(result)}`,
    "restart it with gpgconf --kill gpg-agent, and run the command again",
  ];
  return new SopsError(code, `gpg could not use the secret key ${fingerprint}: ${cause}`, { hint });
}

/** gpg was content, but what it gave can be no data key. */
export function nothingDecrypted(fingerprint: string): SopsError {
  return new SopsError("UNWRAP_FAILED", `gpg decrypted nothing for the key ${fingerprint}`, {
    hint: "this gpg may be too old for the cipher of the file: update it",
  });
}
