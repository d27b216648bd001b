import { completed, wrapDataKey } from "../core/data-key.ts";
import { openDocument, unlock } from "../core/document.ts";
import { SopsError } from "../core/errors.ts";
import type { Format, SealedSource } from "../core/format.ts";
import { diffGroups, type GroupDiff } from "../core/key-diff.ts";
import type { KeyRef } from "../core/key.ts";
import type { Metadata } from "../core/metadata.ts";
import { equalTrees } from "../core/tree-equal.ts";
import { DEFAULT_ORDER, unwrapDataKey } from "../core/unwrap.ts";
import type { OpsContext } from "./context.ts";
import { guardDepth, readSealedMetadata, writeBlock } from "./open.ts";

/** What bringing a file's keys in line with its rule means. */
export interface KeyUpdate {
  readonly groups: readonly GroupDiff[];
  readonly threshold: { readonly before: number; readonly after: number };
  /** False: the file is up to date. */
  readonly changes: boolean;
  /** The file with the same data key wrapped for the keys of the rule. Throws what unwrapping and wrapping throw. */
  apply(): Promise<Uint8Array>;
}

/**
 * Compares a file's keys with those of its creation rule; needs no secret key. The threshold stays the file's, but never
 * above the number of groups: `shamir_threshold` of the rule is not used, as in sops (cli spec section 5).
 */
export async function updateKeys(
  sealed: Uint8Array,
  format: Format,
  rule: readonly (readonly KeyRef[])[],
  ctx: OpsContext,
): Promise<KeyUpdate> {
  const source = guardDepth(() => format.parseSealed(sealed));
  const metadata = readSealedMetadata(source);
  await ctx.providers.load?.();
  // A key that the rule names without its version is the one that it stands for now.
  const wanted = await Promise.all(rule.map((group) => Promise.all(group.map((ref) => completed(ref, ctx)))));
  const before = metadata.groups.map(({ keys }) => keys);
  const groups = diffGroups(before, wanted, (key) => ctx.providers.get(key.type)?.identity(key) ?? "");
  const threshold = {
    before: metadata.shamirThreshold,
    after: Math.min(metadata.shamirThreshold, wanted.length),
  };
  const keysChange = groups.some(({ added, removed }) => added.length + removed.length > 0);
  return {
    groups,
    threshold,
    changes: keysChange || threshold.before !== threshold.after,
    apply: () => rewrap(source, metadata, format, { groups: wanted, threshold: threshold.after }, ctx),
  };
}

interface Wanted {
  readonly groups: readonly (readonly KeyRef[])[];
  readonly threshold: number;
}

async function rewrap(
  source: SealedSource,
  metadata: Metadata,
  format: Format,
  wanted: Wanted,
  ctx: OpsContext,
): Promise<Uint8Array> {
  const dataKey = await unwrapDataKey(metadata.groups, metadata.shamirThreshold, DEFAULT_ORDER, ctx);
  const wrapped = await wrapDataKey(dataKey, wanted.groups, wanted.threshold, ctx);
  const file = await unlock(metadata, dataKey, ctx.runtime, "open");
  guardDepth(() => {
    warnOfBadMac(() => openDocument(format, source, file), ctx);
  });
  return guardDepth(() => withMetadata(source, format, { ...metadata, ...wrapped }));
}

/** Only the block is another. Throws EMIT where the text does not read back as that. */
function withMetadata(source: SealedSource, format: Format, metadata: Metadata): Uint8Array {
  const bytes = source.withBlock(writeBlock(metadata));
  const again = format.parseSealed(bytes);
  const same = equalTrees(again.tree, source.tree) && sameMetadata(readSealedMetadata(again), metadata);
  if (same) return bytes;
  throw new SopsError("EMIT", "the file with the new keys does not read back as it should", {
    hint: "this is a defect of enc: please report it; nothing was written",
  });
}

function sameMetadata(a: Metadata, b: Metadata): boolean {
  const text = (metadata: Metadata): string => JSON.stringify(writeBlock(metadata), bigints);
  return text(a) === text(b);
}

const bigints = (_: string, value: unknown): unknown => (typeof value === "bigint" ? String(value) : value);

/**
 * SOPS does not look at the values here. Neither are they changed, and the MAC stays what it was: a file that was tampered
 * with is not made good by this, but whoever is about to commit it should know.
 */
function warnOfBadMac(open: () => unknown, ctx: OpsContext): void {
  try {
    open();
  } catch (error) {
    if (!(error instanceof SopsError)) throw error;
    ctx.host.warn(`${error.message}; its keys are updated all the same, its values stay as they are`);
  }
}
