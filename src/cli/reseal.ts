import { resolve } from "node:path";
import { SopsError } from "../core/errors.ts";
import { silentHost } from "../core/host.ts";
import type { KeyRef } from "../core/key.ts";
import type { Metadata } from "../core/metadata.ts";
import { DEFAULT_SELECTOR } from "../core/selection.ts";
import { forFile } from "../node/context.ts";
import { readIfPresent } from "../node/read-input.ts";
import type { Formats, OpsContext, SealSettings } from "../ops/context.ts";
import { sealOnto } from "../ops/encrypt.ts";
import { readSealedMetadata } from "../ops/open.ts";
import type { Io } from "./io.ts";

/**
 * Seals onto the sealed file that stands at `target`, so that every unchanged value keeps its ciphertext and the diff
 * is as small as the change. Null where that cannot be: there is none, it is for other keys or another selector, or it
 * cannot be opened here without asking. Then it is sealed anew, for which no secret key is needed.
 */
export async function sealOntoTarget(
  plain: Uint8Array,
  target: string,
  formats: Formats,
  settings: SealSettings,
  ctx: OpsContext,
  io: Io,
): Promise<Uint8Array | null> {
  if (formats.input !== formats.output) return null;
  const path = resolve(io.cwd, target);
  const quiet: OpsContext = { ...forFile(ctx, path), host: silentHost(ctx.host) };
  try {
    const existing = await readIfPresent(path);
    if (existing === null) return null;
    const metadata = readSealedMetadata(formats.input.parseSealed(existing));
    if (!agrees(metadata, settings, formats.input.name === "binary", ctx)) return null;
    return await sealOnto(plain, existing, formats.input, {}, quiet);
  } catch (error) {
    if (error instanceof SopsError) return null;
    throw error;
  }
}

/** Would sealing anew give metadata that differs only in the data key? */
function agrees(metadata: Metadata, settings: SealSettings, binary: boolean, ctx: OpsContext): boolean {
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
