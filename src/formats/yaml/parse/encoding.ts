import { concat, fromUtf8, utf16Of, utf8 } from "../../../core/base/bytes.ts";
import { SopsError } from "../../../core/base/errors.ts";

/** go-yaml reads UTF-16 with a byte order mark, which Windows PowerShell 5.1 writes; what SOPS prints is UTF-8. */
export type Encoding = "utf-8" | "utf-16le" | "utf-16be";

export function encodingOf(bytes: Uint8Array): Encoding {
  return utf16Of(bytes) ?? "utf-8";
}

/** The text; a byte order mark of UTF-8 stays in it, one of UTF-16 does not. Throws NOT_UTF8. */
export function decodeYaml(bytes: Uint8Array): string {
  const encoding = encodingOf(bytes);
  return encoding === "utf-8" ? fromUtf8(bytes) : fromUtf16(bytes.subarray(2), encoding === "utf-16be");
}

export function encodeYaml(text: string, encoding: Encoding): Uint8Array {
  if (encoding === "utf-8") return utf8(text);
  const bytes = new Uint8Array(text.length * 2);
  for (let i = 0; i < text.length; i++) {
    bytes[i * 2] = text.charCodeAt(i) & 0xff;
    bytes[i * 2 + 1] = text.charCodeAt(i) >> 8;
  }
  const little = concat(Uint8Array.of(0xff, 0xfe), bytes);
  return encoding === "utf-16be" ? swapped(little) : little;
}

/** Each pair of bytes the other way round. */
function swapped(bytes: Uint8Array): Uint8Array {
  return bytes.map((_, i) => bytes[i ^ 1] ?? 0);
}

function fromUtf16(bytes: Uint8Array, bigEndian: boolean): string {
  if (bytes.length % 2 === 0) {
    try {
      const little = bigEndian ? swapped(bytes) : bytes;
      return new TextDecoder("utf-16le", { fatal: true, ignoreBOM: true }).decode(little);
    } catch {
      // Half of a surrogate pair.
    }
  }
  throw new SopsError("NOT_UTF8", "the file has a byte order mark of UTF-16, and is not valid UTF-16", {
    hint: "it was cut off, or text of another encoding was added to it: write it anew, best in UTF-8",
  });
}
