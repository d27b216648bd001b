import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  getCipherInfo,
  hkdfSync,
  type KeyObject,
} from "node:crypto";
import type { Primitives } from "../core/ports/primitives.ts";
import { randomBytes } from "./random.ts";

const CHACHA = "chacha20-poly1305";
const TAG_BYTES = 16;
/** RFC 7748 section 4.1: u = 9. */
const BASE_POINT = new Uint8Array(32);
BASE_POINT[0] = 9;

/** The primitives of node:crypto. */
export const nodePrimitives: Primitives = {
  x25519: (scalar, point) => orNull(() => multiply(scalar, point)),

  // In a cold process a multiplication costs less than exporting the public half of a key object.
  x25519Public: (scalar) => multiply(scalar, BASE_POINT),

  hkdfSha256: (secret, salt, info, length) => new Uint8Array(hkdfSync("sha256", secret, salt, info, length)),

  hmacSha256: (key, message) => plain(createHmac("sha256", key).update(message).digest()),

  chachaSeal(key, nonce, plaintext) {
    const cipher = createCipheriv(CHACHA, key, nonce, { authTagLength: TAG_BYTES });
    return plain(Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]));
  },

  chachaOpen(key, nonce, sealed) {
    const length = sealed.length - TAG_BYTES;
    if (length < 0) return null;
    const decipher = createDecipheriv(CHACHA, key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAuthTag(sealed.subarray(length));
    const plaintext = decipher.update(sealed.subarray(0, length));
    return orNull(() => plain(Buffer.concat([plaintext, decipher.final()])));
  },

  randomBytes,
};

/** Bun and Electron have a node:crypto without ChaCha20-Poly1305: there noble lends its own. */
export async function loadPrimitives(): Promise<Primitives> {
  if (getCipherInfo(CHACHA) !== undefined) return nodePrimitives;
  const { chachaOpen, chachaSeal } = await import("../providers/age/noble-chacha.ts");
  return { ...nodePrimitives, chachaOpen, chachaSeal };
}

function multiply(scalar: Uint8Array, point: Uint8Array): Uint8Array {
  return plain(diffieHellman({ privateKey: privateKey(scalar), publicKey: publicKey(point) }));
}

const privateKeys = new WeakMap<Uint8Array, KeyObject>();

/** Kept for as long as the scalar is: an identity opens many files, an ephemeral key is used twice for one. */
function privateKey(scalar: Uint8Array): KeyObject {
  const key = privateKeys.get(scalar) ?? readPrivate(scalar);
  privateKeys.set(scalar, key);
  return key;
}

/** The ASN.1 that stands before a raw X25519 private key in PKCS #8 (RFC 8410). */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b656e04220420", "hex");

/**
 * Where OpenSSL is 3.0 (Node 20) it takes ten times as long to read DER as JWK (RFC 8037). There the public half `x` of
 * a private JWK is asked for and not looked at; a Node that does look at it has a newer OpenSSL, which reads DER fast.
 */
let readPrivate = (scalar: Uint8Array): KeyObject => {
  const jwk = { kty: "OKP", crv: "X25519", x: base64Url(BASE_POINT), d: base64Url(scalar) };
  try {
    return createPrivateKey({ key: jwk, format: "jwk" });
  } catch {
    readPrivate = fromDer;
    return fromDer(scalar);
  }
};

function fromDer(scalar: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, scalar]), format: "der", type: "pkcs8" });
}

function publicKey(point: Uint8Array): KeyObject {
  return createPublicKey({ key: { kty: "OKP", crv: "X25519", x: base64Url(point) }, format: "jwk" });
}

function base64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64url");
}

/** Other code must not see a Buffer: its `slice` shares memory, and it prints its content. */
function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}

/** OpenSSL throws both for a low-order point and for a tag that does not verify. */
function orNull(work: () => Uint8Array): Uint8Array | null {
  try {
    return work();
  } catch {
    return null;
  }
}
