import { tryFromUtf8 } from "../../core/base/bytes.ts";
import { SopsError } from "../../core/base/errors.ts";
import type { Host } from "../../core/ports/host.ts";
import type { Primitives } from "../../core/ports/primitives.ts";
import { dearmor } from "./armor.ts";
import { askSecret, noPassphrase, wrongPassphrase } from "./ask.ts";
import { parseHeader } from "./header.ts";
import type { AgeIdentity, LockedIdentity } from "./identity.ts";
import { parseIdentities } from "./identity-text.ts";
import { openWith } from "./open.ts";

/** 16 MiB: SOPS reads no identity file that is longer. */
const MOST_BYTES = 1 << 24;
/** Stanzas that the keys inside can open: native ones only, as in SOPS. */
const INSIDE: readonly string[] = ["X25519", "mlkem768x25519"];

/**
 * An identity file that a passphrase protects. Throws BAD_IDENTITY where it is damaged, too long, or sealed to a key
 * instead.
 */
export function lockedFile(bytes: Uint8Array, place: string, host: Host, crypto: Primitives): LockedIdentity {
  if (bytes.length >= MOST_BYTES) throw bad(place, "is longer than 16 MiB");
  const file = readable(place, () => binaryOf(bytes));
  const { stanzas } = readable(place, () => parseHeader(file));
  if (stanzas[0]?.args[0] !== "scrypt") throw bad(place, "is sealed to a key, not protected by a passphrase");
  let opened: Promise<readonly AgeIdentity[]> | undefined;
  return {
    kind: "locked",
    mayOpen: (wanted) => wanted.some(({ args }) => INSIDE.includes(args[0] ?? "")),
    unlock: () => {
      opened ??= open(file, place, host, crypto).catch((error: unknown) => {
        opened = undefined;
        throw error;
      });
      return opened;
    },
  };
}

async function open(
  file: Uint8Array,
  place: string,
  host: Host,
  crypto: Primitives,
): Promise<readonly AgeIdentity[]> {
  const { cacheName } = await import("./cache-name.ts");
  const name = cacheName(file);
  const passphrase = await askSecret(host, `Enter passphrase for the age keys in ${place}:`, name);
  if (passphrase === null) throw noPassphrase(place);
  const text = await decrypt(file, passphrase, place, crypto);
  if (text === null) {
    await host.forgetSecret?.(name);
    throw wrongPassphrase(place);
  }
  const { identities } = await parseIdentities(tryFromUtf8(text) ?? "", host, crypto);
  const native = identities.filter((identity) => identity.kind !== "own");
  if (native.length === 0) throw bad(place, "holds no identity that can stand behind a passphrase");
  return native;
}

async function decrypt(
  file: Uint8Array,
  passphrase: string,
  place: string,
  crypto: Primitives,
): Promise<Uint8Array | null> {
  const identity: AgeIdentity = {
    kind: "library",
    stanzaType: "scrypt",
    addTo: (decrypter) => {
      decrypter.addPassphrase(passphrase);
    },
  };
  return await openWith(file, identity, crypto).catch((error: unknown) => {
    throw aboutFile(error, place);
  });
}

function binaryOf(bytes: Uint8Array): Uint8Array {
  const text = tryFromUtf8(bytes);
  return text?.trimStart().startsWith("-----BEGIN AGE") === true ? dearmor(text) : bytes;
}

function readable<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw aboutFile(error, place);
  }
}

/** An age file is called damaged as if it were that of the metadata: here it is another. */
function aboutFile(error: unknown, place: string): unknown {
  return error instanceof SopsError && error.code === "BAD_METADATA" ? bad(place, "is damaged") : error;
}

function bad(place: string, what: string): SopsError {
  return new SopsError("BAD_IDENTITY", `the identity file ${place} ${what}`, {
    hint: "make it with age-keygen | age -p, and keep a copy",
  });
}
