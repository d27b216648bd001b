import { equalBytes } from "../core/bytes.ts";
import { openDocument, type Unlocked } from "../core/document.ts";
import { SopsError } from "../core/errors.ts";
import type { Format } from "../core/format.ts";
import { readSealedMetadata } from "./open.ts";

/**
 * Opens what was just sealed with the data key at hand, MAC and all. Throws EMIT where it is not the same text: nobody
 * should learn that after the plain text is gone.
 */
export function verifySealed(
  sealed: Uint8Array,
  format: Format,
  file: Unlocked,
  plain: Uint8Array,
  indent?: number,
): void {
  if (equalBytes(reopened(sealed, format, file, indent) ?? new Uint8Array(), plain)) return;
  throw new SopsError("EMIT", "the encrypted file does not open to the same text", {
    hint: "this is a defect of enc: please report it; nothing was written",
  });
}

function reopened(sealed: Uint8Array, format: Format, file: Unlocked, indent?: number): Uint8Array | null {
  try {
    const source = format.parseSealed(sealed);
    return openDocument(format, source, { ...file, metadata: readSealedMetadata(source) }).text({ indent });
  } catch (error) {
    if (error instanceof SopsError) return null;
    throw error;
  }
}
