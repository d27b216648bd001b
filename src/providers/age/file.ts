import { concat, equalConstantTime, utf8, wipe } from "../../core/bytes.ts";
import type { Primitives } from "../../core/primitives.ts";
import { damaged } from "./damaged.ts";
import { headerText, headerWithMac, parseHeader, type Stanza } from "./header.ts";

const FILE_KEY_BYTES = 16;
const NONCE_BYTES = 16;
const TAG_BYTES = 16;
/** A payload is cut into chunks of 64 KiB. A data key (32 bytes) or a share of one (33) never needs a second. */
const CHUNK_BYTES = 64 * 1024;
/** The nonce of the first chunk when it is also the last: an 11-byte counter and the flag. */
const ONLY_CHUNK = new Uint8Array([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
const NO_SALT = new Uint8Array();

/** Makes a binary age v1 file (age-encryption.org/v1). `wrap` seals the 16-byte file key for each recipient. */
export function sealAgeFile(
  plaintext: Uint8Array,
  wrap: (fileKey: Uint8Array) => readonly Stanza[],
  crypto: Primitives,
): Uint8Array {
  if (plaintext.length > CHUNK_BYTES) throw new RangeError("a data key is at most 64 KiB");
  const fileKey = crypto.randomBytes(FILE_KEY_BYTES);
  const text = headerText(wrap(fileKey));
  const mac = crypto.hmacSha256(macKey(fileKey, crypto), utf8(text));
  const nonce = crypto.randomBytes(NONCE_BYTES);
  const payload = crypto.chachaSeal(payloadKey(fileKey, nonce, crypto), ONLY_CHUNK, plaintext);
  wipe(fileKey);
  return concat(headerWithMac(text, mac), nonce, payload);
}

/**
 * Opens one. `unwrap` finds the file key among the stanzas, or answers null: not for us, and so does this.
 * Throws BAD_METADATA where the file breaks the format, or was changed after it was sealed.
 */
export function openAgeFile(
  file: Uint8Array,
  unwrap: (stanzas: readonly Stanza[]) => Uint8Array | null,
  crypto: Primitives,
): Uint8Array | null {
  const header = parseHeader(file);
  const fileKey = unwrap(header.stanzas);
  if (fileKey === null) return null;
  const mac = crypto.hmacSha256(macKey(fileKey, crypto), header.signed);
  if (!equalConstantTime(mac, header.mac)) throw damaged("its header was changed");
  const body = file.subarray(header.length);
  if (body.length < NONCE_BYTES + TAG_BYTES) throw damaged("its payload is cut off");
  if (body.length > NONCE_BYTES + CHUNK_BYTES + TAG_BYTES) throw damaged("its payload is no data key");
  const key = payloadKey(fileKey, body.subarray(0, NONCE_BYTES), crypto);
  wipe(fileKey);
  const plaintext = crypto.chachaOpen(key, ONLY_CHUNK, body.subarray(NONCE_BYTES));
  if (plaintext === null) throw damaged("its payload was changed");
  return plaintext;
}

function macKey(fileKey: Uint8Array, crypto: Primitives): Uint8Array {
  return crypto.hkdfSha256(fileKey, NO_SALT, utf8("header"), 32);
}

function payloadKey(fileKey: Uint8Array, nonce: Uint8Array, crypto: Primitives): Uint8Array {
  return crypto.hkdfSha256(fileKey, nonce, utf8("payload"), 32);
}
