import { DEFAULT_DECRYPTION_ORDER } from "../key-types/index.ts";
import { unlock, type Unlocked } from "../core/file/document.ts";
import { SopsError } from "../core/base/errors.ts";
import type { Format, SealedSource } from "../core/model/format.ts";
import { type Metadata, readMetadata } from "../core/file/metadata.ts";
import { fitsFile } from "../core/file/fits-file.ts";
import { openDocument, type OpenedDocument, type PrintOptions } from "../core/file/open-document.ts";
import { unwrapDataKey } from "../core/keys/unwrap.ts";
import { isErrorNamed, messageOf } from "../core/base/realm.ts";
import { type AuditAction, type OpenSettings, type OpsContext, warn } from "./context.ts";

/** A sealed file, unlocked and opened: what every command that changes one starts from. */
export interface OpenedFile {
  readonly source: SealedSource;
  readonly file: Unlocked;
  readonly document: OpenedDocument;
}

export function readSealedMetadata(source: SealedSource): Metadata {
  return readMetadata(source.metadata);
}

/** The plain text of an opened file; what the user should know of it is told. */
export function printed(document: OpenedDocument, ctx: OpsContext, options?: PrintOptions): Uint8Array {
  const { bytes, warnings } = guardDepth(() => document.print(options));
  for (const line of warnings) warn(ctx, line);
  return bytes;
}

/** Before the file is sealed again: a layout that is of no use any more is gone then. */
export function tellLostLayout({ document }: OpenedFile, ctx: OpsContext, indent?: number): void {
  for (const line of guardDepth(() => document.lostLayout({ indent }))) warn(ctx, line);
}

/** The data key that opens this very file. Throws what `unwrapDataKey` throws. */
export async function recoverDataKey(
  source: SealedSource,
  metadata: Metadata,
  order: readonly string[] | undefined,
  ctx: OpsContext,
): Promise<Uint8Array> {
  const { groups, shamirThreshold } = metadata;
  const fits = fitsFile(source, metadata, ctx.runtime);
  const dataKey = await unwrapDataKey(groups, shamirThreshold, order ?? DEFAULT_DECRYPTION_ORDER, ctx, fits);
  ctx.recovered?.();
  return dataKey;
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
  const dataKey = await recoverDataKey(source, metadata, settings.decryptionOrder, ctx);
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
