import { SopsError } from "../../core/base/errors.ts";
import type { Host } from "../../core/ports/host.ts";
import type { KeyProvider, KeyRef, WrappedKey } from "../../core/keys/key.ts";
import { textsOf } from "../entry-text.ts";
import { explainNoKey } from "./explain.ts";
import { checkFingerprint, fingerprintOf, longKeyId } from "./fingerprint.ts";
import { runGpg, stdoutText } from "./gpg.ts";
import { PGP } from "./key-type.ts";
import { decryptKey } from "./unwrap.ts";
import { wrapFailure } from "./wrap-failure.ts";

const ARMOR = "-----BEGIN PGP MESSAGE-----";

/**
 * PGP keys by the gpg program, its keyring and its agent (format.md 11). `enc` is an armored OpenPGP message without
 * its final line feed. Keyrings of GnuPG 1 (pubring.gpg, secring.gpg) are used as far as gpg itself uses them.
 */
export const provider: KeyProvider = {
  type: PGP.type,
  fields: PGP.metadata.fields,

  identity: fingerprintOf,

  /** A comma list, or a list of such. Throws BAD_RECIPIENT, and BAD_CONFIG for anything that is not text. */
  fromConfig(entry: unknown): readonly KeyRef[] {
    return textsOf(entry, "a PGP fingerprint").map((text) => ({
      type: "pgp",
      fields: { fp: checkFingerprint(text) },
    }));
  },

  /** Whether the agent asks for a passphrase or a touch is not known before it does. */
  effort: () => "asks",

  async wrap(ref: KeyRef, dataKey: Uint8Array, host: Host, signal?: AbortSignal): Promise<string> {
    const fingerprint = checkFingerprint(fingerprintOf(ref));
    const result = await runGpg(encryptArgs(fingerprint), host, { input: dataKey, signal });
    if (result.code !== 0) throw await wrapFailure(result, fingerprint, host, signal);
    const enc = stdoutText(result).trim();
    if (enc.startsWith(ARMOR)) return enc;
    throw new SopsError("WRAP_FAILED", `gpg made no OpenPGP message for the key ${fingerprint}`, {
      hint: "check that SOPS_GPG_EXEC, where it is set, names a gpg",
    });
  },

  unwrap(key: WrappedKey, host: Host, signal?: AbortSignal): Promise<Uint8Array | null> {
    return decryptKey(key.enc, fingerprintOf(key), host, signal);
  },

  explain: (key: WrappedKey, host: Host) => explainNoKey(fingerprintOf(key), host),
};

/** As SOPS calls it, and never as text, which a line in gpg.conf may ask for and which spoils a data key. */
function encryptArgs(fingerprint: string): readonly string[] {
  return [
    "--no-default-recipient",
    "--yes",
    "--no-textmode",
    "--encrypt",
    "-a",
    "-r",
    fingerprint,
    "--trusted-key",
    longKeyId(fingerprint),
    "--no-encrypt-to",
  ];
}
