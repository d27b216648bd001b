import { fromBase64 } from "../../core/base/base64.ts";
import { toByteString } from "../../core/base/bytes.ts";

/** Headers, an empty line, base64, and a checksum that newer writers leave out (RFC 9580 section 6.2). */
const ARMOR =
  /^-----BEGIN PGP [A-Z ]+-----\r?\n(?:[^\r\n]+\r?\n)*\r?\n([A-Za-z0-9+/=\r\n]+?)(?:\r?\n=[^\r\n]+)?\r?\n-----END /;

/** The bytes of an armored message; others as they are. A line in gpg.conf makes gpg armor what it unwraps. */
export function withoutArmor(message: Uint8Array): Uint8Array {
  if ((message[0] ?? 0) >= 0x80) return message;
  const [, body = ""] = ARMOR.exec(toByteString(message)) ?? [];
  return fromBase64(body) ?? new Uint8Array();
}
