import type { Host } from "../core/ports/host.ts";
import { SopsError } from "../core/base/errors.ts";
import { primitivesOf } from "../providers/age/primitives.ts";
import { formatX25519Identity, formatX25519Recipient, parseX25519Identity } from "../providers/age/x25519.ts";

const SCALAR_BYTES = 32;

/** An age key pair. `identity` is the secret. */
export interface AgeKeyPair {
  /** `AGE-SECRET-KEY-1...` */
  readonly identity: string;
  /** `age1...` */
  readonly recipient: string;
}

/** Makes a new X25519 age key. `host` may bring built-in crypto; any platform does without. */
export async function generateIdentity(host: Pick<Host, "primitives"> = {}): Promise<AgeKeyPair> {
  const crypto = await primitivesOf(host);
  const scalar = crypto.randomBytes(SCALAR_BYTES);
  return {
    identity: formatX25519Identity(scalar),
    recipient: formatX25519Recipient(crypto.x25519Public(scalar)),
  };
}

/** The recipient (`age1...`) of an X25519 identity. Throws BAD_IDENTITY. */
export async function recipientOfIdentity(
  identity: string,
  host: Pick<Host, "primitives"> = {},
): Promise<string> {
  const scalar = parseX25519Identity(identity.trim());
  if (scalar === null)
    throw new SopsError("BAD_IDENTITY", "not an X25519 age identity", {
      hint: "it starts with AGE-SECRET-KEY-1: copy the whole line again",
    });
  const crypto = await primitivesOf(host);
  return formatX25519Recipient(crypto.x25519Public(scalar));
}

/** The text of a key file, as age-keygen writes it. Time in UTC, to the second. */
export function identityFileText(pair: AgeKeyPair, created: Date): string {
  const time = created.toISOString().replace(/\.\d+Z$/, "Z");
  return `# created: ${time}\n# public key: ${pair.recipient}\n${pair.identity}\n`;
}
