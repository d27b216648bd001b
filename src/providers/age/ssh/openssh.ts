import { equalBytes, fromByteString, toByteString } from "../../../core/base/bytes.ts";
import { isKnownCipher, unprotect } from "./cipher.ts";
import type { SshKeyFile, SshPrivateKey } from "./private-key.ts";
import { ed25519FromPoint, parsePublicBlob, rsaFromNumbers } from "./public-key.ts";
import { rsaFromNumbersOf } from "./rsa.ts";
import { WireReader } from "./wire.ts";

const MAGIC = fromByteString("openssh-key-v1\0");

/**
 * Reads OpenSSH's own format of private keys (PROTOCOL.key in its sources): the public half in clear, then the private
 * part, which may be encrypted.
 */
export function parseOpenSsh(bytes: Uint8Array): SshKeyFile {
  try {
    return parse(bytes);
  } catch {
    return { kind: "unusable", why: "a damaged SSH key" };
  }
}

function parse(bytes: Uint8Array): SshKeyFile {
  if (!equalBytes(bytes.subarray(0, MAGIC.length), MAGIC)) throw new RangeError("not an OpenSSH key");
  const wire = new WireReader(bytes.subarray(MAGIC.length));
  const cipher = wire.text();
  const kdf = wire.text();
  const kdfOptions = new WireReader(wire.string());
  if (wire.uint32() !== 1) return { kind: "unusable", why: "an SSH key file of several keys" };
  const blob = wire.string();
  const publicKey = parsePublicBlob(blob);
  if (publicKey === null)
    return { kind: "unusable", why: `an SSH key of a type that age cannot use: ${typeOf(blob)}` };
  const sealed = joinTag(wire);
  if (cipher === "none") {
    const key = parsePrivate(sealed);
    return key === null ? { kind: "unusable", why: "a damaged SSH key" } : { kind: "open", key };
  }
  if (kdf !== "bcrypt" || !isKnownCipher(cipher))
    return { kind: "unusable", why: `an SSH key protected by ${cipher}, which enc cannot open` };
  const protection = { cipher, salt: kdfOptions.string(), rounds: kdfOptions.uint32() };
  return {
    kind: "locked",
    publicKey,
    open: (passphrase) => {
      const plain = unprotect(sealed, protection, passphrase);
      return Promise.resolve(plain === null ? null : parsePrivate(plain));
    },
  };
}

/** An authenticated cipher has its tag behind the string. */
function joinTag(wire: WireReader): Uint8Array {
  const sealed = wire.string();
  const tag = wire.rest();
  if (tag.length === 0) return sealed;
  const joined = new Uint8Array(sealed.length + tag.length);
  joined.set(sealed);
  joined.set(tag, sealed.length);
  return joined;
}

/** Printable: what is no name of a key type is not shown. */
function typeOf(blob: Uint8Array): string {
  const type = toByteString(new WireReader(blob).string());
  return /^[\w@.-]{1,64}$/.test(type) ? type : "unknown";
}

/** Two equal check numbers stand first: null where they differ, which a wrong passphrase shows by. */
function parsePrivate(plain: Uint8Array): SshPrivateKey | null {
  const wire = new WireReader(plain);
  if (wire.uint32() !== wire.uint32()) return null;
  const type = wire.text();
  if (type === "ssh-ed25519") {
    const point = wire.string();
    // The private key is the seed and the public point once more.
    return { publicKey: ed25519FromPoint(point), seed: wire.string().slice(0, 32) };
  }
  const [n, e, d] = [wire.integer(), wire.integer(), wire.integer()];
  const [inverseOfQ, p, q] = [wire.integer(), wire.integer(), wire.integer()];
  return { publicKey: rsaFromNumbers(n, e), numbers: rsaFromNumbersOf({ n, e, d, inverseOfQ, p, q }) };
}
