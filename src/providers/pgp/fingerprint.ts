import { SopsError } from "../../core/base/errors.ts";
import type { KeyRef } from "../../core/keys/key.ts";

/** 64-bit key ids and the fingerprints of OpenPGP versions 3, 4 and 5, in hex; `!`: this subkey and no other. */
const FINGERPRINT = /^(?:0x)?(?:[0-9a-f]{16}|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})!?$/i;
/** A text longer than this is not repeated in a message: it may be a key that was pasted by mistake. */
const SHOWN = 80;

/** The fingerprint of a key, as the file or the config spells it; empty where there is none. */
export function fingerprintOf(ref: KeyRef): string {
  const { fp } = ref.fields;
  return typeof fp === "string" ? fp : "";
}

/**
 * A fingerprint without its spaces (`!` is kept). Throws BAD_RECIPIENT for a name, a mail address or an 8-digit id: gpg
 * trusts no key by such a name, and what begins with `-` must not become one of its options.
 */
export function checkFingerprint(text: string): string {
  const fingerprint = text.replaceAll(" ", "");
  if (FINGERPRINT.test(fingerprint)) return fingerprint;
  const shown = text.length <= SHOWN && !text.includes("PRIVATE KEY") ? `: ${text}` : "";
  throw new SopsError("BAD_RECIPIENT", `not the fingerprint of a PGP key${shown}`, {
    hint: "use the 40 hex digits that gpg --list-keys prints; add ! to force a subkey",
  });
}

/** The last 16 digits, `!` kept: what `--trusted-key` of every gpg understands. */
export function longKeyId(fingerprint: string): string {
  return fingerprint.slice(fingerprint.endsWith("!") ? -17 : -16);
}

/** Without the `!`, which only encryption understands. */
export function withoutForce(fingerprint: string): string {
  return fingerprint.replace(/!$/, "");
}
