import { resolve } from "node:path";
import { SopsError } from "../core/errors.ts";
import { silentHost } from "../core/host.ts";
import { forFile } from "../node/context.ts";
import { readIfRegular } from "../node/read-input.ts";
import type { Formats, OpsContext, SealSettings } from "../ops/context.ts";
import { sealOnto } from "../ops/encrypt.ts";
import { readSealedMetadata } from "../ops/open.ts";
import { sameSeal } from "../ops/same-seal.ts";
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
    const existing = await readIfRegular(path);
    if (existing === null) return null;
    const metadata = readSealedMetadata(formats.input.parseSealed(existing));
    if (!sameSeal(metadata, settings, formats.input.name === "binary", ctx)) return null;
    return await sealOnto(plain, existing, formats.input, {}, quiet);
  } catch (error) {
    if (error instanceof SopsError) return null;
    throw error;
  }
}
