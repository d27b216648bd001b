import { wipe } from "../core/base/bytes.ts";
import { wrapDataKey } from "../core/keys/data-key.ts";
import { opensMac, unlock, type Unlocked } from "../core/file/document.ts";
import { SopsError } from "../core/base/errors.ts";
import type { Format, SealedSource } from "../core/model/format.ts";
import type { KeyRef } from "../core/keys/key.ts";
import { type Metadata, writeMetadata } from "../core/file/metadata.ts";
import { openDocument } from "../core/file/open-document.ts";
import { readBack } from "../core/file/read-back.ts";
import { type OpsContext, warn } from "./context.ts";
import { guardDepth } from "./open.ts";

/** Who is to have the data key, and how many of them are needed; 0: all groups. */
export interface Recipients {
  readonly groups: readonly (readonly KeyRef[])[];
  readonly threshold: number;
}

/**
 * The file with `dataKey` wrapped anew: no value is touched, and neither are its MAC and its date. Overwrites `dataKey`.
 * Throws NO_DATA_KEY where it is none of this file, EMIT where the text does not read back, and what wrapping throws.
 */
export async function rewrap(
  source: SealedSource,
  format: Format,
  metadata: Metadata,
  dataKey: Uint8Array,
  { groups, threshold }: Recipients,
  ctx: OpsContext,
): Promise<Uint8Array> {
  const file = await unlock(metadata, dataKey.slice(), ctx.runtime, "open");
  try {
    guardDepth(() => {
      checkDataKey(source, format, file, ctx);
    });
    const wrapped = await wrapDataKey(dataKey, groups, threshold, ctx);
    return guardDepth(() => withMetadata(source, format, { ...metadata, ...wrapped }));
  } finally {
    wipe(dataKey);
  }
}

/** Only the block is another. */
function withMetadata(source: SealedSource, format: Format, metadata: Metadata): Uint8Array {
  const bytes = source.withBlock(writeMetadata(metadata));
  readBack(bytes, format, { tree: source.tree, sites: new Map(), metadata, mayLoseComments: false });
  return bytes;
}

/**
 * SOPS does not look at the values here. Neither are they changed, and the MAC stays what it was: a file that was tampered
 * with is not made good by this, but whoever is about to commit it should know. A data key that opens nothing is another
 * matter: whoever can write to the file can put one of their own beside our key, and to wrap that for everybody would
 * take the file from those whose keys still open it.
 */
function checkDataKey(source: SealedSource, format: Format, file: Unlocked, ctx: OpsContext): void {
  const failure = failureOf(() => openDocument(format, source, file));
  if (failure === null) return;
  const isOurs =
    opensMac(file) || failureOf(() => openDocument(format, source, file, { ignoreMac: true })) === null;
  if (!isOurs)
    throw new SopsError("NO_DATA_KEY", "the data key that our key holds opens neither a value nor the MAC", {
      hint: "the file was tampered with, and other keys may still open it: restore it from git",
    });
  warn(ctx, `${failure.message}; its keys are updated all the same, its values stay as they are`);
}

function failureOf(open: () => unknown): SopsError | null {
  try {
    open();
    return null;
  } catch (error) {
    if (error instanceof SopsError) return error;
    throw error;
  }
}
