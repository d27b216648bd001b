import { resolve } from "node:path";
import { SopsError } from "../core/base/errors.ts";
import { silentHost } from "../core/ports/host.ts";
import { forFile } from "../node/context.ts";
import { readIfRegular } from "../node/read-input.ts";
import type { Formats, OpsContext, SealSettings } from "../ops/context.ts";
import { sealOnto } from "../ops/encrypt.ts";
import { readSealedMetadata } from "../ops/open.ts";
import { opensTo, sameSeal } from "../ops/same-seal.ts";
import type { Io } from "./io.ts";

/** What is to be sealed into the target of `encrypt --output`. */
export interface ForTarget {
  readonly plain: Uint8Array;
  readonly target: string;
  readonly formats: Formats;
  readonly settings: SealSettings;
  /** Seal under the data key of what stands there. */
  readonly keepDataKey: boolean;
}

/**
 * What the file that stands at the target already is worth. "same": it opens to this very text, for the same keys and by
 * the same selector, so that nothing has to be written. Bytes: the text under that file's data key, the ciphertext of
 * unchanged values kept, where that is asked for. Null: a new data key, for which no secret key is needed. It is what holds
 * by default: whoever made that file, or could ever open it, knows its data key and would read the new values.
 */
export async function atTarget(of: ForTarget, ctx: OpsContext, io: Io): Promise<Uint8Array | "same" | null> {
  const path = resolve(io.cwd, of.target);
  const quiet: OpsContext = { ...forFile(ctx, path), host: silentHost(ctx.host) };
  try {
    const existing = await readIfRegular(path);
    return existing && (await withExisting(existing, of, quiet));
  } catch (error) {
    if (!(error instanceof SopsError)) throw error;
    if (of.keepDataKey) io.note(`${of.target} gets a new data key, its own cannot be kept: ${error.message}`);
    return null;
  }
}

async function withExisting(
  existing: Uint8Array,
  { plain, formats, settings, keepDataKey }: ForTarget,
  quiet: OpsContext,
): Promise<Uint8Array | "same" | null> {
  const format = formats.input;
  if (format !== formats.output) throw cannotKeep("its format is not that of the input");
  const metadata = readSealedMetadata(format.parseSealed(existing));
  if (!sameSeal(metadata, settings, format.name === "binary", quiet))
    throw cannotKeep("its keys, threshold or selector are not those asked for");
  if (await opensTo(existing, plain, format, {}, quiet)) return "same";
  return keepDataKey ? sealOnto(plain, existing, format, {}, quiet) : null;
}

function cannotKeep(message: string): SopsError {
  return new SopsError("CONFLICTING_OPTIONS", message);
}
