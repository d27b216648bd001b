import { sha256 } from "@noble/hashes/sha2.js";
import { fromBase64 } from "../../../core/base/base64.ts";
import { unpadded } from "../header.ts";
import { WireReader, wireInteger, wireStrings } from "./wire.ts";

/** Bits below which age takes no RSA key. */
const LEAST_RSA_BITS = 2048;

export interface SshEd25519Key {
  readonly type: "ssh-ed25519";
  /** The key in the encoding of SSH, its type included: what fingerprints are made of. */
  readonly blob: Uint8Array;
  /** 32 bytes, a compressed Edwards point. */
  readonly point: Uint8Array;
}

export interface SshRsaKey {
  readonly type: "ssh-rsa";
  readonly blob: Uint8Array;
  /** Modulus and exponent, the highest byte first, no leading zeros. */
  readonly n: Uint8Array;
  readonly e: Uint8Array;
}

export type SshPublicKey = SshEd25519Key | SshRsaKey;

/** The key in a line of an authorized_keys or .pub file; null where it is of no type that age can use. */
export function parsePublicLine(line: string): SshPublicKey | null {
  const found = /(?:^|\s)(ssh-ed25519|ssh-rsa)[ \t]+([A-Za-z0-9+/]+={0,2})(?=\s|$)/.exec(line);
  const blob = fromBase64(found?.[2] ?? "");
  const key = blob === null ? null : parsePublicBlob(blob);
  return key?.type === found?.[1] ? key : null;
}

/** Null where it is of no type that age can use, or malformed. */
export function parsePublicBlob(blob: Uint8Array): SshPublicKey | null {
  try {
    const wire = new WireReader(blob);
    const type = wire.text();
    if (type === "ssh-ed25519") return ed25519Key(blob, wire);
    return type === "ssh-rsa" ? rsaKey(blob, wire) : null;
  } catch {
    return null;
  }
}

function ed25519Key(blob: Uint8Array, wire: WireReader): SshEd25519Key | null {
  const point = wire.string();
  return point.length === 32 && wire.rest().length === 0 ? { type: "ssh-ed25519", blob, point } : null;
}

function rsaKey(blob: Uint8Array, wire: WireReader): SshRsaKey | null {
  const e = wire.integer();
  const n = wire.integer();
  if (n.length * 8 < LEAST_RSA_BITS || wire.rest().length > 0) return null;
  return { type: "ssh-rsa", blob, n, e };
}

export function ed25519FromPoint(point: Uint8Array): SshEd25519Key {
  return { type: "ssh-ed25519", blob: wireStrings("ssh-ed25519", point), point };
}

export function rsaFromNumbers(n: Uint8Array, e: Uint8Array): SshRsaKey {
  return { type: "ssh-rsa", blob: wireStrings("ssh-rsa", wireInteger(e), wireInteger(n)), n, e };
}

/** What names a key in a stanza: the first 4 bytes of its SHA-256. Two keys may share it, if someone works for that. */
export function tagOf(key: SshPublicKey): string {
  return unpadded(sha256(key.blob).subarray(0, 4));
}
