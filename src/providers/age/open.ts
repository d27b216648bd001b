import type { Decrypter } from "age-encryption";
import { SopsError } from "../../core/base/errors.ts";
import type { Primitives } from "../../core/ports/primitives.ts";
import { messageOf } from "../../core/base/realm.ts";
import { damaged } from "./damaged.ts";
import { openAgeFile } from "./file.ts";
import type { Header } from "./header.ts";
import { type AgeIdentity, mayOpen } from "./identity.ts";
import { unwrapFileKey } from "./x25519.ts";

/**
 * The plaintext of a binary age file, by one identity; null: it is for someone else. Throws BAD_METADATA for a file
 * that breaks the format or was changed, and what using the identity throws.
 */
export async function openWith(
  file: Uint8Array,
  identity: AgeIdentity,
  crypto: Primitives,
  signal?: AbortSignal,
): Promise<Uint8Array | null> {
  if (identity.kind !== "locked")
    return await openAgeFile(file, (header) => fileKeyBy(identity, header, file, crypto, signal), crypto);
  for (const each of await identity.unlock(signal)) {
    const plaintext = await openWith(file, each, crypto, signal);
    if (plaintext !== null) return plaintext;
  }
  return null;
}

function fileKeyBy(
  identity: Exclude<AgeIdentity, { kind: "locked" }>,
  header: Header,
  file: Uint8Array,
  crypto: Primitives,
  signal: AbortSignal | undefined,
): Uint8Array | null | Promise<Uint8Array | null> {
  if (!mayOpen(identity, header.stanzas)) return null;
  if (identity.kind === "x25519") return unwrapFileKey(header.stanzas, identity, crypto);
  if (identity.kind === "library")
    return fileKeyByLibrary(
      (decrypter) => {
        identity.addTo(decrypter);
      },
      file.subarray(0, header.length),
    );
  return identity
    .identity(signal)
    .unwrapFileKey(header.stanzas.map((s) => ({ args: [...s.args], body: s.body })));
}

/** Its errors are plain ones that only their texts tell apart. */
async function fileKeyByLibrary(
  prepare: (decrypter: Decrypter) => void,
  header: Uint8Array,
): Promise<Uint8Array | null> {
  const { Decrypter } = await import("./sdk.ts");
  const decrypter = new Decrypter();
  prepare(decrypter);
  try {
    return await decrypter.decryptHeader(header);
  } catch (error) {
    const text = messageOf(error);
    if (text.startsWith("no identity matched")) return null;
    if (text.includes("work factor"))
      throw new SopsError(
        "KEY_UNUSABLE",
        "its passphrase needs more memory than enc spends (work factor above 20)",
        {
          hint: "protect the identity file again: age -p does so with factor 18",
        },
      );
    throw damaged(text.includes("HMAC") ? "its header was changed" : "a recipient in it is malformed");
  }
}
