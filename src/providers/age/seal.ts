import { SopsError } from "../../core/base/errors.ts";
import type { Host } from "../../core/ports/host.ts";
import type { Primitives } from "../../core/ports/primitives.ts";
import { sealAgeFile } from "./file.ts";
import type { Recipient } from "./identity.ts";
import { pluginOfRecipient } from "./plugin/name.ts";
import { checkRecipient, kindOfRecipient } from "./recipient.ts";
import { parseX25519Recipient, wrapFileKey } from "./x25519.ts";

/** A binary age file for one recipient. Throws BAD_RECIPIENT, and for a plugin what running it throws. */
export async function sealFor(
  recipient: string,
  dataKey: Uint8Array,
  host: Host,
  crypto: Primitives,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const text = checkRecipient(recipient);
  const kind = kindOfRecipient(text);
  if (kind === "hybrid") return sealByLibrary(text, dataKey);
  const point = parseX25519Recipient(text);
  const wrapper =
    point === null ? await ownRecipient(text, host, crypto, signal) : x25519Recipient(point, text, crypto);
  return await sealAgeFile(dataKey, (fileKey) => wrapper.wrapFileKey(fileKey), crypto);
}

function x25519Recipient(point: Uint8Array, text: string, crypto: Primitives): Recipient {
  return {
    wrapFileKey(fileKey) {
      const stanza = wrapFileKey(fileKey, point, crypto);
      if (stanza !== null) return [stanza];
      throw new SopsError("BAD_RECIPIENT", `it is not a public key that anyone can have: ${text}`, {
        hint: "make a key with enc keygen, and use its age1... line",
      });
    },
  };
}

async function ownRecipient(
  text: string,
  host: Host,
  crypto: Primitives,
  signal: AbortSignal | undefined,
): Promise<Recipient> {
  const plugin = pluginOfRecipient(text);
  if (plugin === null) {
    const { sshRecipient } = await import("./ssh/recipient.ts");
    return sshRecipient(text, crypto);
  }
  const { pluginRecipient } = await import("./plugin/recipient.ts");
  return pluginRecipient(text, plugin, host, crypto, signal);
}

async function sealByLibrary(recipient: string, dataKey: Uint8Array): Promise<Uint8Array> {
  const { Encrypter } = await import("./sdk.ts");
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return await encrypter.encrypt(dataKey);
}
