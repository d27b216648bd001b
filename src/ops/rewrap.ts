import { wrapDataKey } from "../core/data-key.ts";
import { SopsError } from "../core/errors.ts";
import type { Format, SealedSource } from "../core/format.ts";
import type { KeyRef } from "../core/key.ts";
import type { Metadata } from "../core/metadata.ts";
import { NO_PRESENTATION } from "../core/presentation.ts";
import type { OpsContext } from "./context.ts";
import { writeBlock } from "./open.ts";

/**
 * The file with `dataKey` wrapped anew for `groups`: no value is touched, and neither are its MAC and its date.
 * Throws USAGE for a threshold that the groups cannot meet, and what wrapping throws. `dataKey` is left as it is.
 */
export async function rewrap(
  source: SealedSource,
  format: Format,
  metadata: Metadata,
  dataKey: Uint8Array,
  groups: readonly (readonly KeyRef[])[],
  threshold: number,
  ctx: OpsContext,
): Promise<Uint8Array> {
  refuseThreshold(groups.length, threshold);
  const wrapped = await wrapDataKey(dataKey, groups, threshold, ctx);
  return withBlock(source, format, { ...metadata, ...wrapped });
}

/** The sealed text as it stands, its block replaced. */
export function withBlock(source: SealedSource, format: Format, metadata: Metadata): Uint8Array {
  const values = source.open(new Map(), NO_PRESENTATION);
  return format.parsePlain(values).seal(new Map()).finish(writeBlock(metadata));
}

function refuseThreshold(groups: number, threshold: number): void {
  const [least, most] = [groups > 1 ? 2 : 0, Math.max(groups, 1)];
  if (threshold === 0 || (threshold >= least && threshold <= most)) return;
  throw new SopsError(
    "USAGE",
    `the threshold is ${String(threshold)}, and there would be ${groups === 1 ? "1 key group" : `${String(groups)} key groups`}`,
    { hint: `give another one: --shamir-secret-sharing-threshold ${String(most)}` },
  );
}
