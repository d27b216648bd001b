import { SopsError } from "../../../core/base/errors.ts";
import type { Primitives } from "../../../core/ports/primitives.ts";
import type { Recipient } from "../identity.ts";
import { wrapForEd25519 } from "./ed25519.ts";
import { parsePublicLine } from "./public-key.ts";
import { wrapForRsa } from "./rsa.ts";

/** Characters of a public key in a message: enough to find it by. */
const SHOWN = 40;

/** An SSH public key (`ssh-ed25519 AAAA... comment`) behind the interface of age-encryption. Throws BAD_RECIPIENT. */
export function sshRecipient(text: string, crypto: Primitives): Recipient {
  const key = parsePublicLine(text);
  if (key === null)
    throw badKey(
      `not an SSH public key that age can use: ${text.slice(0, SHOWN)}`,
      "use an ssh-ed25519 key, or an ssh-rsa key of 2048 bits or more",
    );
  return {
    async wrapFileKey(fileKey) {
      const stanza =
        key.type === "ssh-rsa" ? await wrapForRsa(fileKey, key) : wrapForEd25519(fileKey, key, crypto);
      if (stanza === null) throw badKey("it is no Ed25519 key", "copy the whole public key again");
      return [stanza];
    },
  };
}

function badKey(message: string, hint: string): SopsError {
  return new SopsError("BAD_RECIPIENT", message, { hint });
}
