import { completed } from "../core/keys/data-key.ts";
import { SopsError } from "../core/base/errors.ts";
import type { Format } from "../core/model/format.ts";
import type { KeyRef } from "../core/keys/key.ts";
import type { OpsContext } from "./context.ts";
import { guardDepth, readSealedMetadata, recoverDataKey } from "./open.ts";
import { rewrap } from "./rewrap.ts";

type Groups = readonly (readonly KeyRef[])[];

/** One more key group behind the others. `threshold`: undefined or 0 keeps the file's. Throws NO_KEYS, USAGE. */
export async function addGroup(
  sealed: Uint8Array,
  format: Format,
  group: readonly KeyRef[],
  threshold: number | undefined,
  ctx: OpsContext,
): Promise<Uint8Array> {
  if (group.length === 0)
    throw new SopsError("NO_KEYS", "the new key group has no key", {
      hint: "name its keys, for example with --age or --pgp",
    });
  return changeGroups(sealed, format, threshold, ctx, async (groups) => [
    ...groups,
    await Promise.all(group.map((ref) => completed(ref, ctx))),
  ]);
}

/** The file without group `index`, from 0. Throws USAGE for a group that is not there. */
export async function deleteGroup(
  sealed: Uint8Array,
  format: Format,
  index: number,
  threshold: number | undefined,
  ctx: OpsContext,
): Promise<Uint8Array> {
  return changeGroups(sealed, format, threshold, ctx, (groups) => {
    if (index >= groups.length) throw noGroup(index, groups.length);
    if (groups.length === 1)
      throw new SopsError("NO_KEYS", "the file has one key group: without it nobody could open the file", {
        hint: "add another group first, with enc groups add",
      });
    return Promise.resolve(groups.filter((_, i) => i !== index));
  });
}

function noGroup(index: number, count: number): SopsError {
  const have =
    count === 1 ? "1 key group, number 0" : `${String(count)} key groups, 0 to ${String(count - 1)}`;
  return new SopsError("USAGE", `there is no key group ${String(index)}: the file has ${have}`, {
    hint: "groups are counted from 0, in the order of the file's metadata",
  });
}

async function changeGroups(
  sealed: Uint8Array,
  format: Format,
  threshold: number | undefined,
  ctx: OpsContext,
  change: (groups: Groups) => Promise<Groups>,
): Promise<Uint8Array> {
  const source = guardDepth(() => format.parseSealed(sealed));
  const metadata = readSealedMetadata(source);
  const { groups, shamirThreshold } = metadata;
  const changed = await change(groups.map(({ keys }) => keys.map(({ type, fields }) => ({ type, fields }))));
  const needed = threshold === undefined || threshold === 0 ? shamirThreshold : threshold;
  refuseThreshold(changed.length, needed);
  const dataKey = await recoverDataKey(source, metadata, undefined, ctx);
  return rewrap(source, format, metadata, dataKey, { groups: changed, threshold: needed }, ctx);
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
