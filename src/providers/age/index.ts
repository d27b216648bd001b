import type { Host } from "../../core/ports/host.ts";
import type { KeyProvider, KeyRef, WrappedKey } from "../../core/keys/key.ts";
import { armor, dearmor } from "./armor.ts";
import { findIdentities } from "./identities.ts";
import { AGE } from "./key-type.ts";
import { primitivesOf } from "./primitives.ts";
import { checkRecipient, kindOfRecipient } from "./recipient.ts";
import { searchDataKey } from "./search.ts";
import { sealFor } from "./seal.ts";
import { textsOf } from "../entry-text.ts";

/**
 * age keys (format.md 11 and 12): X25519, SSH, plugin and post-quantum recipients. `enc` is an armored age file of
 * exactly one recipient, its final line feed included.
 *
 * There are two implementations of the age format here. age-encryption is the reference, and does what is rare or
 * intricate: post-quantum keys, passphrases, payloads of several chunks. But importing it costs 28 ms of a cold start,
 * a quarter of what decrypting a small file takes, so that the one case that nearly every call is, a data key for an
 * X25519 key, has a codec of its own (age/header.ts, file.ts, x25519.ts), on the platform's crypto. SSH keys and
 * plugins implement the Identity and Recipient interfaces of age-encryption, and the codec calls them by those.
 * The tests hold the two implementations against each other.
 */
export const provider: KeyProvider = {
  type: AGE.type,
  fields: AGE.metadata.fields,

  identity: recipientOf,

  /** A comma list, or a list of such. Throws BAD_RECIPIENT, and BAD_CONFIG for anything that is not text. */
  fromConfig(entry: unknown): readonly KeyRef[] {
    return textsOf(entry, "an age recipient").map((text) => ({
      type: "age",
      fields: { recipient: checkRecipient(text) },
    }));
  },

  /** Plugins may want a PIN or a touch. Whether a key stands behind a passphrase is not known before it is read. */
  effort: (key) => (kindOfRecipient(recipientOf(key)) === "plugin" ? "asks" : "silent"),

  async wrap(ref: KeyRef, dataKey: Uint8Array, host: Host, signal?: AbortSignal): Promise<string> {
    return armor(await sealFor(recipientOf(ref), dataKey, host, await primitivesOf(host), signal));
  },

  async unwrap(key: WrappedKey, host: Host, signal?: AbortSignal): Promise<Uint8Array | null> {
    const file = dearmor(key.enc);
    const crypto = await primitivesOf(host);
    return await searchDataKey({ file, recipient: recipientOf(key), host, crypto, signal });
  },

  async explain(key: WrappedKey, host: Host): Promise<string> {
    const recipient = recipientOf(key);
    const places: string[] = [];
    const wanted = { recipient, ssh: kindOfRecipient(recipient) === "ssh" };
    for await (const { place, note } of findIdentities(host, wanted)) places.push(`${place} (${note})`);
    return `no matching identity; looked in ${places.join(", ")}`;
  },
};

function recipientOf(ref: KeyRef): string {
  const { recipient } = ref.fields;
  return typeof recipient === "string" ? recipient : "";
}
