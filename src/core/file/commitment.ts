import { concat, equalConstantTime, utf8 } from "../base/bytes.ts";
import type { Aead, Runtime } from "../ports/runtime.ts";
import { parseEnc } from "../model/enc-text.ts";

/*
 * Which plain text was sealed? SOPS' MAC covers the values, not the text that they stood in: not the layout, and no
 * syntax that its tree does not hold. The IV of the encrypted MAC is 32 bytes of the writer's choice, so half of it
 * says which text belongs to this very version of the file: 16 random bytes, then a GCM tag made with them over a digest
 * of the text. The IV is new with each version as every IV is, it cannot be changed without the data key (the MAC would
 * not decrypt), and to SOPS it is an IV like any other. What SOPS itself wrote commits to nothing.
 */

/** Bytes of the random half: the nonce of the tag. */
const NONCE_BYTES = 16;
/** Bytes of a GCM tag, the other half. */
const TAG_BYTES = 16;
const NOTHING = new Uint8Array();
const LABEL = utf8("enc_text:");

interface Cipher {
  readonly runtime: Runtime;
  readonly aead: Aead;
}

/** A fresh 32-byte IV for the MAC of a file that opens to `plain`. */
export function commitTo(plain: Uint8Array, cipher: Cipher): Uint8Array {
  const nonce = cipher.runtime.randomBytes(NONCE_BYTES);
  return concat(nonce, tagOf(plain, nonce, cipher));
}

/** Was `plain` the text when this MAC (its ENC text, which must have been opened) was sealed? */
export function isCommittedTo(plain: Uint8Array, mac: string, cipher: Cipher): boolean {
  const iv = parseEnc(mac)?.iv;
  if (iv?.length !== NONCE_BYTES + TAG_BYTES) return false;
  const nonce = iv.subarray(0, NONCE_BYTES);
  return equalConstantTime(tagOf(plain, nonce, cipher), iv.subarray(NONCE_BYTES));
}

/** GCM over an empty message authenticates its AAD alone. No value is ever sealed with an IV of this length. */
function tagOf(plain: Uint8Array, nonce: Uint8Array, { aead, runtime }: Cipher): Uint8Array {
  const hash = runtime.sha512();
  hash.update(plain);
  return aead.seal(nonce, NOTHING, concat(LABEL, hash.digest()));
}
