import type { KeyRef } from "../core/keys/key.ts";
import { type OpsContext, warn } from "./context.ts";

/** Where there is one group nothing is split: whoever set a threshold believes that one key alone does not open the file. */
export function warnOfLoneGroup(
  groups: readonly (readonly KeyRef[])[],
  threshold: number,
  ctx: OpsContext,
): void {
  if (groups.length !== 1 || threshold < 2) return;
  const keys = groups[0]?.length === 1 ? "its key" : "each of its keys";
  warn(
    ctx,
    `the threshold ${String(threshold)} has no effect with one key group: ${keys} opens the file alone; put the keys that are needed together into groups of their own (key_groups)`,
  );
}
