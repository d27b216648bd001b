import { fromBase64, toBase64 } from "../../../core/base/base64.ts";
import { utf8 } from "../../../core/base/bytes.ts";
import { damaged } from "../damaged.ts";
import type { Stanza } from "../header.ts";
import { type SshRsaKey, tagOf } from "./public-key.ts";

/** RSAES-OAEP (RFC 8017) with SHA-256 and age's label, by the Web Crypto API, which every platform of ours has. */
const ALGORITHM = { name: "RSA-OAEP", hash: "SHA-256" };
const OAEP = { name: "RSA-OAEP", label: buffer(utf8("age-encryption.org/v1/ssh-rsa")) };

/** An RSA private key as JSON Web Key (RFC 7518 section 6.3): each number in base64url. */
export type RsaPrivateKey = Readonly<Record<"n" | "e" | "d" | "p" | "q" | "dp" | "dq" | "qi", string>>;

export async function wrapForRsa(fileKey: Uint8Array, key: SshRsaKey): Promise<Stanza> {
  const { subtle } = globalThis.crypto;
  const jwk = { kty: "RSA", n: base64Url(key.n), e: base64Url(key.e) };
  const publicKey = await subtle.importKey("jwk", jwk, ALGORITHM, false, ["encrypt"]);
  const body = new Uint8Array(await subtle.encrypt(OAEP, publicKey, buffer(fileKey)));
  return { args: ["ssh-rsa", tagOf(key)], body };
}

/** Throws BAD_METADATA. */
export async function unwrapByRsa({ args, body }: Stanza, key: RsaPrivateKey): Promise<Uint8Array> {
  if (args.length !== 2) throw damaged("its ssh-rsa recipient is malformed");
  const { subtle } = globalThis.crypto;
  const privateKey = await subtle.importKey("jwk", { kty: "RSA", ...key }, ALGORITHM, false, ["decrypt"]);
  try {
    return new Uint8Array(await subtle.decrypt(OAEP, privateKey, buffer(body)));
  } catch {
    throw damaged("its ssh-rsa recipient was changed");
  }
}

/** What OpenSSH keeps of a private key; the two exponents that it leaves out are computed. */
export interface RsaNumbers {
  readonly n: Uint8Array;
  readonly e: Uint8Array;
  readonly d: Uint8Array;
  readonly inverseOfQ: Uint8Array;
  readonly p: Uint8Array;
  readonly q: Uint8Array;
}

export function rsaFromNumbersOf({ n, e, d, inverseOfQ, p, q }: RsaNumbers): RsaPrivateKey {
  const modulo = (prime: Uint8Array): Uint8Array => toBytes(toBigInt(d) % (toBigInt(prime) - 1n));
  const all = { n, e, d, p, q, dp: modulo(p), dq: modulo(q), qi: inverseOfQ };
  return mapValues(all, base64Url);
}

/** A private key in PKCS #8. Null where it is no RSA key. */
export async function rsaFromPkcs8(der: Uint8Array): Promise<RsaPrivateKey | null> {
  const { subtle } = globalThis.crypto;
  try {
    const key = await subtle.importKey("pkcs8", buffer(der), ALGORITHM, true, ["decrypt"]);
    const { n, e, d, p, q, dp, dq, qi } = (await subtle.exportKey("jwk", key)) as RsaPrivateKey;
    return { n, e, d, p, q, dp, dq, qi };
  } catch {
    return null;
  }
}

/** Modulus and exponent, as bytes. */
export function publicNumbers(key: RsaPrivateKey): { readonly n: Uint8Array; readonly e: Uint8Array } {
  return { n: fromBase64Url(key.n), e: fromBase64Url(key.e) };
}

function mapValues<K extends string, A, B>(values: Readonly<Record<K, A>>, map: (a: A) => B): Record<K, B> {
  return Object.fromEntries(Object.entries<A>(values).map(([k, v]) => [k, map(v)])) as Record<K, B>;
}

function toBigInt(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return value;
}

function toBytes(value: bigint): Uint8Array {
  const hex = value.toString(16);
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  return Uint8Array.from(even.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

function base64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function fromBase64Url(text: string): Uint8Array {
  const base64 = text.replaceAll("-", "+").replaceAll("_", "/");
  return fromBase64(base64 + "=".repeat((4 - (base64.length % 4)) % 4)) ?? new Uint8Array();
}

/** The Web Crypto API takes no bytes that may be shared with another thread, and its types say so. */
function buffer(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(bytes);
}
