import { cbc } from "@noble/ciphers/aes.js";
import { md5 } from "@noble/hashes/legacy.js";
import { fromBase64 } from "../../../core/base/base64.ts";
import { concat, equalBytes } from "../../../core/base/bytes.ts";
import { ed25519Public } from "./ed25519.ts";
import { parseOpenSsh } from "./openssh.ts";
import type { SshKeyFile, SshPrivateKey } from "./private-key.ts";
import { ed25519FromPoint, rsaFromNumbers } from "./public-key.ts";
import { publicNumbers, rsaFromPkcs8 } from "./rsa.ts";

/** RFC 8410: what stands before the 32-byte seed of an Ed25519 key in PKCS #8. */
const ED25519_PREFIX = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20);
/** RFC 5208: version 0 and the algorithm rsaEncryption, which PKCS #8 puts before a PKCS #1 key. */
const RSA_ALGORITHM = Uint8Array.of(
  ...[2, 1, 0, 0x30, 0x0d, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0],
);

/** Reads a private key as ssh-keygen writes it: OpenSSH's own format, PKCS #1 (`-m PEM`) and PKCS #8. */
export async function parseSshPrivateKey(text: string): Promise<SshKeyFile> {
  const found = /-----BEGIN ([A-Z0-9 ]+)-----\r?\n([^]*?)-----END \1-----/.exec(text);
  const [, label = "", content = ""] = found ?? [];
  if (found === null) return { kind: "unusable", why: "not an SSH private key" };
  const [, headers = "", body = ""] = /^((?:[\w-]+:.*\r?\n)*)([^]*)$/.exec(content) ?? [];
  const bytes = fromBase64(body.replace(/\s+/g, ""));
  if (bytes === null) return { kind: "unusable", why: "a damaged SSH key" };
  if (label === "OPENSSH PRIVATE KEY") return parseOpenSsh(bytes);
  if (label === "ENCRYPTED PRIVATE KEY")
    return { kind: "unusable", why: "a key encrypted as PKCS #8: convert it with ssh-keygen -p -f FILE" };
  if (label === "RSA PRIVATE KEY") return parsePkcs1(bytes, headers);
  if (label !== "PRIVATE KEY") return { kind: "unusable", why: `not a key for age: ${label.toLowerCase()}` };
  const key = await fromPkcs8(bytes);
  return key === null
    ? { kind: "unusable", why: "a private key that is neither RSA nor Ed25519" }
    : { kind: "open", key };
}

async function parsePkcs1(bytes: Uint8Array, headers: string): Promise<SshKeyFile> {
  const info = /^DEK-Info: *([A-Z0-9-]+),([0-9A-Fa-f]{32})\r?$/m.exec(headers);
  if (info === null) {
    if (headers.includes("ENCRYPTED"))
      return { kind: "unusable", why: "a key protected by a cipher that is not AES" };
    const key = await fromPkcs8(pkcs8Of(bytes));
    return key === null ? { kind: "unusable", why: "a damaged SSH key" } : { kind: "open", key };
  }
  const [, cipher = "", iv = ""] = info;
  const keyBytes = Number(/^AES-(128|192|256)-CBC$/.exec(cipher)?.[1] ?? 0) / 8;
  if (keyBytes === 0) return { kind: "unusable", why: `a key protected by ${cipher}, which enc cannot open` };
  const ivBytes = Uint8Array.from(iv.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  return {
    kind: "locked",
    publicKey: null,
    open: (passphrase) => openPkcs1(bytes, ivBytes, keyBytes, passphrase),
  };
}

/** A wrong passphrase shows by its padding, or by what is no key. */
async function openPkcs1(
  sealed: Uint8Array,
  iv: Uint8Array,
  keyBytes: number,
  passphrase: Uint8Array,
): Promise<SshPrivateKey | null> {
  try {
    return await fromPkcs8(pkcs8Of(cbc(opensslKey(passphrase, iv, keyBytes), iv).decrypt(sealed)));
  } catch {
    return null;
  }
}

/** OpenSSL's EVP_BytesToKey: MD5 over the last block, the passphrase and 8 bytes of salt, until there is enough. */
function opensslKey(passphrase: Uint8Array, iv: Uint8Array, length: number): Uint8Array {
  let block = new Uint8Array();
  let key = new Uint8Array();
  while (key.length < length) {
    block = Uint8Array.from(md5(concat(block, passphrase, iv.subarray(0, 8))));
    key = Uint8Array.from(concat(key, block));
  }
  return key.subarray(0, length);
}

async function fromPkcs8(der: Uint8Array): Promise<SshPrivateKey | null> {
  if (der.length === ED25519_PREFIX.length + 32 && equalBytes(der.subarray(0, 16), ED25519_PREFIX)) {
    const seed = der.slice(16);
    return { publicKey: ed25519FromPoint(ed25519Public(seed)), seed };
  }
  const numbers = await rsaFromPkcs8(der);
  if (numbers === null) return null;
  const { n, e } = publicNumbers(numbers);
  return { publicKey: rsaFromNumbers(n, e), numbers };
}

/** A PKCS #1 key inside PKCS #8 (RFC 5208 section 5). */
function pkcs8Of(pkcs1: Uint8Array): Uint8Array {
  return tagged(0x30, concat(RSA_ALGORITHM, tagged(4, pkcs1)));
}

/** DER: a tag, the length in its shortest form, the content. */
function tagged(tag: number, content: Uint8Array): Uint8Array {
  const { length } = content;
  const head = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return concat(Uint8Array.of(tag, ...head), content);
}
