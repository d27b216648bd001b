import { SopsError } from "../../core/base/errors.ts";
import type { Format } from "../../core/model/format.ts";
import { unwrapTogether } from "../../core/keys/prefetch-unwrap.ts";
import { DEFAULT_DECRYPTION_ORDER } from "../../key-types/index.ts";
import { mayAsk, mentionsSops } from "../../node/many/mentions-sops.ts";
import type { Selected } from "../../node/many/select.ts";
import type { OpsContext } from "../../ops/context.ts";
import { readSealedMetadata } from "../../ops/open.ts";
import { isEncrypted } from "../../ops/status.ts";

export const NOT_ENCRYPTED = "not encrypted";

type Brought = Pick<Selected, "by">;

/**
 * Why a command that opens files passes this one over: null, it does not. Only for a file of no known type is that
 * decided here: of another one, a broken text with a sops block must not go unseen.
 */
export function passesUnsealed(file: Brought, bytes: Uint8Array, format: Format): string | null {
  if (mentionsSops(bytes) && (format.name !== "binary" || isSealed(bytes, format))) return null;
  return inFolder(file) ? "" : NOT_ENCRYPTED;
}

/** In a folder other files are no surprise: nothing is said of them. */
export const inFolder = (file: Brought): boolean => file.by === "folder";

/** False for what cannot be read as this format. */
function isSealed(bytes: Uint8Array, format: Format): boolean {
  if (!mentionsSops(bytes)) return false;
  try {
    return isEncrypted(bytes, format);
  } catch (error) {
    if (error instanceof SopsError) return false;
    throw error;
  }
}

/** Asks the user at once for all that opening these files takes. What cannot be read is told of when it is opened. */
export async function askOnce(
  files: readonly { readonly bytes: () => Uint8Array; readonly format: Format }[],
  order: readonly string[] | undefined,
  ctx: OpsContext,
): Promise<void> {
  const groups = files.flatMap(({ bytes: read, format }) => {
    try {
      const bytes = read();
      return mayAsk(bytes) ? [readSealedMetadata(format.parseSealed(bytes)).groups] : [];
    } catch (error) {
      if (error instanceof SopsError) return [];
      throw error;
    }
  });
  if (groups.length > 1) await unwrapTogether(groups, order ?? DEFAULT_DECRYPTION_ORDER, ctx);
}
