import { Buffer } from "node:buffer";

/** Could this be a sealed file? Every one has a block called sops, and a MAC in it, whatever its format. */
export function mentionsSops(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return text.includes("ENC[AES256_GCM,") && text.includes("sops");
}

/** An age recipient of a plugin: bech32 whose prefix holds one more `1`. */
const PLUGIN_RECIPIENT = /\bage1[a-z0-9+._-]+1[a-z0-9]{6,}/;

/** Could opening this file ask the user something, so that it is worth while to ask for all files at once? */
export function mayAsk(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return text.includes("age1") && PLUGIN_RECIPIENT.test(text.toString("latin1"));
}
