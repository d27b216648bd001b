import type { Decrypter } from "age-encryption";
import type { Stanza } from "./header.ts";
import type { X25519Identity } from "./x25519.ts";

/** age-encryption's interface of the same name, word for word but for the class of its stanzas. */
export interface Identity {
  /** Null: none of the stanzas is for it. Throws where one is, and cannot be opened. */
  unwrapFileKey(stanzas: Stanza[]): Uint8Array | null | Promise<Uint8Array | null>;
}

/** As above: what seals a file key for someone. */
export interface Recipient {
  wrapFileKey(fileKey: Uint8Array): Stanza[] | Promise<Stanza[]>;
}

/** A key of the user's: what may open an age file. */
export type AgeIdentity = NativeIdentity | OwnIdentity | LibraryIdentity | LockedIdentity;

/** The fast path: wholly on our own codec. */
interface NativeIdentity extends X25519Identity {
  readonly kind: "x25519";
}

/** SSH keys and plugins, behind the interface of age-encryption. */
export interface OwnIdentity {
  readonly kind: "own";
  /** Using it may ask the user: for a PIN, for a touch. */
  readonly asks: boolean;
  identity(signal?: AbortSignal): Identity;
  /** Whether it is worth trying. Must not ask. */
  mayOpen(stanzas: readonly Stanza[]): boolean;
}

/** What age-encryption implements itself and does not export: post-quantum keys, passphrases. */
export interface LibraryIdentity {
  readonly kind: "library";
  readonly stanzaType: string;
  addTo(decrypter: Decrypter): void;
}

/** Keys behind a passphrase: an identity file, an SSH key. */
export interface LockedIdentity {
  readonly kind: "locked";
  mayOpen(stanzas: readonly Stanza[]): boolean;
  /** Asks for the passphrase, once: what it opened stays open. Throws where it is not given or wrong. */
  unlock(signal?: AbortSignal): Promise<readonly AgeIdentity[]>;
}

/** Whether an identity could open a file with these stanzas, as far as can be told without asking anyone. */
export function mayOpen(identity: AgeIdentity, stanzas: readonly Stanza[]): boolean {
  if (identity.kind === "x25519") return stanzas.some((s) => s.args[0] === "X25519");
  if (identity.kind === "library") return stanzas.some((s) => s.args[0] === identity.stanzaType);
  return identity.mayOpen(stanzas);
}

/** Whether trying it may ask the user something. */
export function asks(identity: AgeIdentity): boolean {
  return identity.kind === "locked" || (identity.kind === "own" && identity.asks);
}
