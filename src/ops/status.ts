import { SopsError } from "../core/base/errors.ts";
import type { Format } from "../core/model/format.ts";
import { readSealedMetadata } from "./open.ts";

/** Does the file carry SOPS metadata with a version and a MAC? Needs no key. Throws what parsing throws. */
export function isEncrypted(bytes: Uint8Array, format: Format): boolean {
  try {
    const metadata = readSealedMetadata(format.parseSealed(bytes));
    return metadata.version !== "" && metadata.mac !== "";
  } catch (error) {
    if (error instanceof SopsError && error.code === "NO_METADATA") return false;
    throw error;
  }
}
