import type { KeyRef } from "../core/key.ts";
import type { Metadata } from "../core/metadata.ts";
import { DEFAULT_SELECTOR } from "../core/selection.ts";
import type { OpsContext, SealSettings } from "./context.ts";

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
