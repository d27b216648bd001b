import { completed } from "../core/keys/data-key.ts";
import type { Format } from "../core/model/format.ts";
import { diffGroups, type GroupDiff } from "../core/keys/key-diff.ts";
import type { KeyRef } from "../core/keys/key.ts";
import type { OpsContext } from "./context.ts";
import { guardDepth, readSealedMetadata, recoverDataKey } from "./open.ts";
import { rewrap } from "./rewrap.ts";
import { keepersOf } from "./keepers.ts";

/** What bringing a file's keys in line with its rule means. */
export interface KeyUpdate {
  readonly groups: readonly GroupDiff[];
  readonly threshold: { readonly before: number; readonly after: number };
  /** Who keeps the data key and could not open the file any more; null: nobody. */
  readonly keepers: string | null;
  /** False: the file is up to date. */
  readonly changes: boolean;
  /** The file with the same data key wrapped for the keys of the rule. Throws what unwrapping and `rewrap` throw. */
  apply(): Promise<Uint8Array>;
}

/**
 * Compares a file's keys with those of its creation rule; needs no secret key. The threshold stays the file's, but never
 * above the number of groups: `shamir_threshold` of the rule is not used, as in sops (command-line.md 5.7).
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
    keepers: keepersOf(
      { groups: before, threshold: threshold.before },
      { groups: wanted, threshold: threshold.after },
      ctx,
    ),
    changes: keysChange || threshold.before !== threshold.after,
    async apply() {
      const dataKey = await recoverDataKey(source, metadata, undefined, ctx);
      const recipients = { groups: wanted, threshold: threshold.after };
      return rewrap(source, format, metadata, dataKey, recipients, ctx);
    },
  };
}
