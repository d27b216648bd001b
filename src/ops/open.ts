import { assertSameBlock } from "../core/block-check.ts";
import { DEFAULT_ORDER, unwrapDataKey } from "../core/unwrap.ts";
import {
  openDocument,
  type OpenedDocument,
  unlock,
  type Unlocked,
  type WriteBlock,
} from "../core/document.ts";
import { SopsError } from "../core/errors.ts";
import type { Format, SealedSource } from "../core/format.ts";
import type { KeyType } from "../core/key.ts";
import { type Metadata, readMetadata, writeMetadata } from "../core/metadata.ts";
import { isErrorNamed, messageOf } from "../core/realm.ts";
import { metadataFields } from "../providers/metadata-fields.ts";
import { type AuditAction, type OpenSettings, type OpsContext, warn } from "./context.ts";

export const fieldsOf = (type: KeyType): readonly string[] => metadataFields[type];

/** The block of every text that is sealed or gets other keys. Throws EMIT where it would not hold all that it is to say. */
export const writeBlock: WriteBlock = (metadata) => {
  const block = writeMetadata(metadata, fieldsOf);
  assertSameBlock(metadata, readMetadata(block, fieldsOf));
  return block;
};

/** A sealed file, unlocked and opened: what every command that changes one starts from. */
export interface OpenedFile {
  readonly source: SealedSource;
  readonly file: Unlocked;
  readonly document: OpenedDocument;
}

export function readSealedMetadata(source: SealedSource): Metadata {
  return readMetadata(source.metadata, fieldsOf);
}

/**
 * Parses, recovers the data key, opens and verifies. `remember`: unchanged values keep their ciphertext later.
 * `actions`: what the audit is told first.
 */
export async function openFile(
  sealed: Uint8Array,
  format: Format,
  settings: OpenSettings,
  ctx: OpsContext,
  remember = false,
  actions: readonly AuditAction[] = ["decrypt"],
): Promise<OpenedFile> {
  const source = format.parseSealed(sealed);
  const metadata = readSealedMetadata(source);
  const order = settings.decryptionOrder ?? DEFAULT_ORDER;
  const dataKey = await unwrapDataKey(metadata.groups, metadata.shamirThreshold, order, ctx);
  const file = await unlock(metadata, dataKey, ctx.runtime, "open");
  for (const action of actions) await ctx.audit?.(action);
  const document = guardDepth(() =>
    openDocument(format, source, file, { ignoreMac: settings.ignoreMac, remember }),
  );
  for (const line of document.warnings) warn(ctx, line);
  return { source, file, document };
}

/** Turns the engine's stack limit into an error that names the cause. */
export function guardDepth<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (isErrorNamed(error, "RangeError") && /call stack/i.test(messageOf(error)))
      throw new SopsError("UNSUPPORTED", "the file is nested too deeply", {
        hint: "keep it below 2,000 levels",
      });
    throw error;
  }
}
