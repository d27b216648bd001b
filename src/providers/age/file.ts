import { concat, equalConstantTime, utf8, wipe } from "../../core/base/bytes.ts";
import type { Primitives } from "../../core/ports/primitives.ts";
import { damaged } from "./damaged.ts";
import { type Header, headerText, headerWithMac, parseHeader, type Stanza } from "./header.ts";

const FILE_KEY_BYTES = 16;
const NONCE_BYTES = 16;
const TAG_BYTES = 16;
/** A payload is cut into chunks of 64 KiB. A data key (32 bytes) or a share of one (33) never needs a second. */
const CHUNK_BYTES = 64 * 1024;
/** The nonce of the first chunk when it is also the last: an 11-byte counter and the flag. */
const ONLY_CHUNK = new Uint8Array([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
const NO_SALT = new Uint8Array();

type Awaitable<T> = T | Promise<T>;

/** Makes a binary age v1 file (age-encryption.org/v1). `wrap` seals the 16-byte file key for each recipient. */
export async function sealAgeFile(
  plaintext: Uint8Array,
  wrap: (fileKey: Uint8Array) => Awaitable<readonly Stanza[]>,
  crypto: Primitives,
): Promise<Uint8Array> {
  if (plaintext.length > CHUNK_BYTES) throw new RangeError("a data key is at most 64 KiB");
  const fileKey = crypto.randomBytes(FILE_KEY_BYTES);
  const text = headerText(await wrap(fileKey));
  const mac = crypto.hmacSha256(macKey(fileKey, crypto), utf8(text));
  const nonce = crypto.randomBytes(NONCE_BYTES);
  const payload = crypto.chachaSeal(payloadKey(fileKey, nonce, crypto), ONLY_CHUNK, plaintext);
  wipe(fileKey);
  return concat(headerWithMac(text, mac), nonce, payload);
}

/**
 * Opens one. `unwrap` finds the file key in the header, or answers null: not for us, and so does this.
 * Throws BAD_METADATA where the file breaks the format, or was changed after it was sealed.
 */
export async function openAgeFile(
  file: Uint8Array,
  unwrap: (header: Header) => Awaitable<Uint8Array | null>,
  crypto: Primitives,
): Promise<Uint8Array | null> {
  const header = parseHeader(file);
  const fileKey = await unwrap(header);
  if (fileKey === null) return null;
  if (fileKey.length !== FILE_KEY_BYTES) throw damaged("its file key has a wrong length");
  const mac = crypto.hmacSha256(macKey(fileKey, crypto), header.signed);
  if (!equalConstantTime(mac, header.mac)) throw damaged("its header was changed");
  return await openPayload(file, header.length, fileKey, crypto);
}

async function openPayload(
  file: Uint8Array,
  start: number,
  fileKey: Uint8Array,
  crypto: Primitives,
): Promise<Uint8Array> {
  const body = file.subarray(start);
  if (body.length < NONCE_BYTES) throw damaged("it ends before its nonce");
  if (body.length < NONCE_BYTES + TAG_BYTES) throw damaged("its payload is cut off");
  if (body.length > NONCE_BYTES + CHUNK_BYTES + TAG_BYTES) return openLongPayload(file, fileKey);
  const key = payloadKey(fileKey, body.subarray(0, NONCE_BYTES), crypto);
  wipe(fileKey);
  const plaintext = crypto.chachaOpen(key, ONLY_CHUNK, body.subarray(NONCE_BYTES));
  if (plaintext === null) throw damaged("its payload was changed");
  return plaintext;
}

/** A payload of several chunks is no data key, but may be an identity file: age-encryption reads those. */
async function openLongPayload(file: Uint8Array, fileKey: Uint8Array): Promise<Uint8Array> {
  const { Decrypter } = await import("./sdk.ts");
  const decrypter = new Decrypter();
  decrypter.addIdentity({ unwrapFileKey: () => fileKey });
  try {
    return await decrypter.decrypt(file);
  } catch {
    throw damaged("its payload was changed");
  }
}

function macKey(fileKey: Uint8Array, crypto: Primitives): Uint8Array {
  return crypto.hkdfSha256(fileKey, NO_SALT, utf8("header"), 32);
}

function payloadKey(fileKey: Uint8Array, nonce: Uint8Array, crypto: Primitives): Uint8Array {
  return crypto.hkdfSha256(fileKey, nonce, utf8("payload"), 32);
}
