import { equalBytes } from "../core/base/bytes.ts";
import type { Format } from "../core/model/format.ts";
import type { KeyRef } from "../core/keys/key.ts";
import type { Metadata } from "../core/file/metadata.ts";
import { DEFAULT_SELECTOR } from "../core/model/selection.ts";
import type { OpenSettings, OpsContext, SealSettings } from "./context.ts";
import { guardDepth, openFile } from "./open.ts";

/** Would sealing anew give metadata that differs only in the data key? The providers must be loaded. */
export function sameSeal(
  metadata: Metadata,
  settings: SealSettings,
  binary: boolean,
  ctx: OpsContext,
): boolean {
  const selector = settings.selector ?? DEFAULT_SELECTOR;
  const sameSelector =
    binary || (metadata.selector?.name === selector.name && metadata.selector.pattern === selector.pattern);
  const { groups } = settings;
  const threshold = settings.shamirThreshold === 0 ? groups.length : settings.shamirThreshold;
  return (
    sameSelector &&
    metadata.macOnlyEncrypted === (settings.macOnlyEncrypted && !binary) &&
    groups.length === metadata.groups.length &&
    (groups.length < 2 || threshold === metadata.shamirThreshold) &&
    groups.every((group, i) => sameKeys(group, metadata.groups[i]?.keys ?? [], ctx))
  );
}

function sameKeys(a: readonly KeyRef[], b: readonly KeyRef[], ctx: OpsContext): boolean {
  const name = (key: KeyRef): string => `${key.type}/${ctx.providers.get(key.type)?.identity(key) ?? "?"}`;
  return a.length === b.length && a.every((key, i) => b[i] !== undefined && name(key) === name(b[i]));
}

/**
 * Does an encrypted file open to this very text, and is nothing of it in clear text that should not be (a comment: the
 * plain text would be the same)? Throws what opening it throws.
 */
export async function opensTo(
  existing: Uint8Array,
  plain: Uint8Array,
  format: Format,
  settings: OpenSettings,
  ctx: OpsContext,
): Promise<boolean> {
  const { document } = await openFile(existing, format, settings, ctx);
  return document.warnings.length === 0 && guardDepth(() => equalBytes(document.exact(), plain));
}
