import { equalBytes } from "../core/bytes.ts";
import { SopsError } from "../core/errors.ts";
import type { Host } from "../core/host.ts";
import type { KeyProvider, KeyRef, WrappedKey } from "../core/key.ts";
import type { Primitives } from "../core/primitives.ts";
import { armor, dearmor } from "./age/armor.ts";
import { openAgeFile, sealAgeFile } from "./age/file.ts";
import { findIdentities } from "./age/identities.ts";
import { primitivesOf } from "./age/primitives.ts";
import { checkRecipient, unsupportedKind } from "./age/recipient.ts";
import { parseX25519Recipient, unwrapFileKey, wrapFileKey, type X25519Identity } from "./age/x25519.ts";
import { textsOf } from "./entry-text.ts";
import { metadataFields } from "./metadata-fields.ts";

/**
 * age keys (spec sections 11 and 12). `enc` is an armored age file of exactly one recipient, its final line feed
 * included. SSH, plugin and post-quantum recipients are read, listed and kept; using one is refused with BAD_RECIPIENT.
 */
export const ageProvider: KeyProvider = {
  type: "age",
  fields: metadataFields.age,

  identity: recipientOf,

  /** A comma list, or a list of such. Throws BAD_RECIPIENT, and BAD_CONFIG for anything that is not text. */
  fromConfig(entry: unknown): readonly KeyRef[] {
    return textsOf(entry, "an age recipient").map((text) => ({
      type: "age",
      fields: { recipient: checkRecipient(text) },
    }));
  },

  effort: () => "silent",

  async wrap(ref: KeyRef, dataKey: Uint8Array, host: Host): Promise<string> {
    const recipient = recipientOf(ref);
    const point = usablePoint(recipient);
    const crypto = await primitivesOf(host);
    const file = sealAgeFile(
      dataKey,
      (fileKey) => {
        const stanza = wrapFileKey(fileKey, point, crypto);
        if (stanza === null) throw badRecipient("it is not a public key that anyone can have", recipient);
        return [stanza];
      },
      crypto,
    );
    return armor(file);
  },

  async unwrap(key: WrappedKey, host: Host, signal?: AbortSignal): Promise<Uint8Array | null> {
    const file = dearmor(key.enc);
    const recipient = recipientOf(key);
    const crypto = await primitivesOf(host);
    for await (const { identities } of findIdentities(host, recipient, signal)) {
      const dataKey = openWith(file, likeliestFirst(identities, recipient), crypto);
      if (dataKey !== null) return dataKey;
    }
    return null;
  },

  async explain(key: WrappedKey, host: Host): Promise<string> {
    const recipient = recipientOf(key);
    const places: string[] = [];
    for await (const { place, note } of findIdentities(host, recipient)) places.push(`${place} (${note})`);
    const reason = unsupportedKind(recipient) ?? "no matching identity";
    return `${reason}; looked in ${places.join(", ")}`;
  },
};

function recipientOf(ref: KeyRef): string {
  const { recipient } = ref.fields;
  return typeof recipient === "string" ? recipient : "";
}

function usablePoint(recipient: string): Uint8Array {
  const unsupported = unsupportedKind(checkRecipient(recipient));
  const point = parseX25519Recipient(recipient.trim());
  if (unsupported === undefined && point !== null) return point;
  throw badRecipient(unsupported ?? "not an X25519 recipient", recipient);
}

function badRecipient(why: string, recipient: string): SopsError {
  return new SopsError("BAD_RECIPIENT", `${why}: ${recipient}`, {
    hint: "use an X25519 recipient (age1...), or the original sops for this key",
  });
}

function openWith(
  file: Uint8Array,
  identities: readonly X25519Identity[],
  crypto: Primitives,
): Uint8Array | null {
  for (const identity of identities) {
    const dataKey = openAgeFile(file, (stanzas) => unwrapFileKey(stanzas, identity, crypto), crypto);
    if (dataKey !== null) return dataKey;
  }
  return null;
}

/** The identity of the recipient that the metadata names goes first; that name may be wrong, so the others follow. */
function likeliestFirst(identities: readonly X25519Identity[], recipient: string): readonly X25519Identity[] {
  const point = parseX25519Recipient(recipient);
  const named = identities.find((identity) => point !== null && equalBytes(identity.point, point));
  return named === undefined ? identities : [named, ...identities.filter((identity) => identity !== named)];
}
