import { equalBytes } from "../core/base/bytes.ts";
import type { Target } from "../core/ports/destination.ts";
import { SopsError } from "../core/base/errors.ts";
import type { Format } from "../core/model/format.ts";
import { silentHost } from "../core/ports/host.ts";
import type { OpenSettings, OpsContext, SealSettings } from "./context.ts";
import { encrypt } from "./encrypt.ts";
import { jsonData, sameJson, withoutNewline } from "./json-data.ts";
import { guardDepth, openFile, readSealedMetadata } from "./open.ts";
import { opensTo, sameSeal } from "./same-seal.ts";

/** What is to stand at the destination. */
export interface Copy {
  readonly bytes: Uint8Array;
  /** Is what stands there as good as this copy? Then it need not be written. */
  isAt(existing: Uint8Array): Promise<boolean>;
}

/**
 * The copy of a sealed file that a destination holds: what is in it, the file itself, or (`recreate`) the file sealed
 * anew for other keys. Where it is opened its MAC is checked. Throws NO_METADATA for a file that is not sealed.
 */
export async function copyOf(
  sealed: Uint8Array,
  format: Format,
  holds: Target["holds"],
  recreate: SealSettings | undefined,
  settings: OpenSettings,
  ctx: OpsContext,
): Promise<Copy> {
  if (holds === "data") return dataOf(sealed, format, settings, ctx);
  if (recreate !== undefined) return sealedAnew(sealed, format, recreate, settings, ctx);
  guardDepth(() => readSealedMetadata(format.parseSealed(sealed)));
  return { bytes: sealed, isAt: (existing) => Promise.resolve(equalBytes(existing, sealed)) };
}

async function dataOf(
  sealed: Uint8Array,
  format: Format,
  settings: OpenSettings,
  ctx: OpsContext,
): Promise<Copy> {
  const { document } = await openFile(sealed, format, settings, ctx);
  const bytes = withoutNewline(await jsonData(document.tree));
  return { bytes, isAt: (existing) => Promise.resolve(sameJson(bytes, existing)) };
}

async function sealedAnew(
  sealed: Uint8Array,
  format: Format,
  recreate: SealSettings,
  settings: OpenSettings,
  ctx: OpsContext,
): Promise<Copy> {
  const { document } = await openFile(sealed, format, settings, ctx);
  const plain = guardDepth(() => document.exact());
  const bytes = await encrypt(plain, { input: format, output: format }, recreate, ctx);
  return { bytes, isAt: (existing) => holdsTheSame(existing, plain, format, recreate, settings, ctx) };
}

/**
 * A copy that we can open without asking anybody, sealed for the very keys of the rule, is kept where its text is the
 * same. Its keys are compared first: whoever can write at the destination must not choose whom we call.
 */
async function holdsTheSame(
  existing: Uint8Array,
  plain: Uint8Array,
  format: Format,
  recreate: SealSettings,
  settings: OpenSettings,
  ctx: OpsContext,
): Promise<boolean> {
  try {
    const metadata = readSealedMetadata(format.parseSealed(existing));
    if (!sameSeal(metadata, recreate, format.name === "binary", ctx)) return false;
    const quiet: OpsContext = { ...ctx, host: silentHost(ctx.host) };
    return await opensTo(existing, plain, format, settings, quiet);
  } catch (error) {
    if (error instanceof SopsError && error.code !== "AUDIT_FAILED") return false;
    throw error;
  }
}
