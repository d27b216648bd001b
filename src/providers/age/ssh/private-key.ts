import type { Primitives } from "../../../core/ports/primitives.ts";
import type { Stanza } from "../header.ts";
import type { Identity } from "../identity.ts";
import { unwrapByEd25519 } from "./ed25519.ts";
import { type SshEd25519Key, type SshPublicKey, type SshRsaKey, tagOf } from "./public-key.ts";
import { type RsaPrivateKey, unwrapByRsa } from "./rsa.ts";

/** A private key with its public half. */
export type SshPrivateKey =
  | { readonly publicKey: SshEd25519Key; readonly seed: Uint8Array }
  | { readonly publicKey: SshRsaKey; readonly numbers: RsaPrivateKey };

/**
 * A private key as it stands in a file: open, or behind a passphrase. The public half is known without it in
 * OpenSSH's own format, and unknown in the older ones.
 */
export type SshKeyFile =
  | { readonly kind: "open"; readonly key: SshPrivateKey }
  | {
      readonly kind: "locked";
      readonly publicKey: SshPublicKey | null;
      /** Null: the passphrase is wrong. */
      open(passphrase: Uint8Array): Promise<SshPrivateKey | null>;
    }
  /** `why`: for people, no line of the file. */
  | { readonly kind: "unusable"; readonly why: string };

/** The private key behind the interface of age-encryption. */
export function sshIdentity(key: SshPrivateKey, crypto: Primitives): Identity {
  return {
    unwrapFileKey: (stanzas) => {
      const ours = stanzas.find((stanza) => isFor(stanza, key.publicKey));
      if (ours === undefined) return null;
      return "seed" in key
        ? unwrapByEd25519(ours, key.publicKey, key.seed, crypto)
        : unwrapByRsa(ours, key.numbers);
    },
  };
}

export function isFor({ args }: Stanza, key: SshPublicKey): boolean {
  return args[0] === key.type && args[1] === tagOf(key);
}
