import { completed, DATA_KEY_BYTES, wrapDataKey } from "../core/data-key.ts";
import { unlock } from "../core/document.ts";
import { SopsError } from "../core/errors.ts";
import type { KeyGroup, KeyRef, KeyType } from "../core/key.ts";
import { type Formats, type OpenSettings, type OpsContext, warn } from "./context.ts";
import { sealPlain } from "./encrypt.ts";
import { warnOfLoneGroup } from "./lone-group.ts";
import { guardDepth, openFile } from "./open.ts";

/** A key that is to go: one whose identity text is any of `names`, of which the first is shown. */
export interface KeyRemoval {
  readonly type: KeyType;
  readonly names: readonly string[];
  /** The text is no key: to be thrown unless the file has one of this very name. */
  readonly unreadable?: SopsError | undefined;
}

/** First keys join, then keys leave: what is named in both is gone, as in SOPS. */
export interface KeyChanges {
  /** Join group 0. */
  readonly add: readonly KeyRef[];
  /** Leave every group that holds them. */
  readonly remove: readonly KeyRemoval[];
}

/** A new data key, every value and every key sealed anew; the threshold, the version and the layout stay. */
export async function rotate(
  sealed: Uint8Array,
  formats: Formats,
  changes: KeyChanges,
  settings: OpenSettings,
  ctx: OpsContext,
): Promise<Uint8Array> {
  const { file, document } = await openFile(sealed, formats.input, settings, ctx, false, [
    "rotate",
    "decrypt",
  ]);
  const add = await Promise.all(changes.add.map((ref) => completed(ref, ctx)));
  const groups = changeGroups(file.metadata.groups, { ...changes, add }, ctx);
  warnOfLoneGroup(groups, file.metadata.shamirThreshold, ctx);
  const dataKey = ctx.runtime.randomBytes(DATA_KEY_BYTES);
  const wrapped = await wrapDataKey(dataKey, groups, file.metadata.shamirThreshold, ctx);
  const metadata = { ...file.metadata, ...wrapped, presentation: "" };
  const fresh = await unlock(metadata, dataKey, ctx.runtime, "open");
  await ctx.audit?.("encrypt");
  return guardDepth(() => {
    const plain = document.text({ indent: formats.indent });
    const hinted = file.metadata.presentation !== "";
    return sealPlain(formats.input.parsePlain(plain), fresh, plain, formats, { hinted });
  });
}

function changeGroups(groups: readonly KeyGroup[], changes: KeyChanges, ctx: OpsContext): KeyRef[][] {
  const identity = (key: KeyRef): string => ctx.providers.get(key.type)?.identity(key) ?? "";
  const meant = ({ type, names }: KeyRemoval, key: KeyRef): boolean =>
    type === key.type && names.some((name) => isNamed(identity(key), name));
  const removed = (key: KeyRef): boolean => changes.remove.some((removal) => meant(removal, key));
  const all = [...groups.flatMap(({ keys }) => keys), ...changes.add];
  for (const removal of changes.remove) {
    if (all.some((key) => meant(removal, key))) continue;
    if (removal.unreadable !== undefined) throw removal.unreadable;
    warn(ctx, `the file has no ${removal.type} key ${removal.names[0] ?? ""} to remove`);
  }
  const first = groups[0]?.keys ?? [];
  const added = changes.add.filter(
    (a) => !first.some((k) => k.type === a.type && identity(k) === identity(a)),
  );
  const changed = groups.map((g, i) =>
    [...g.keys, ...(i === 0 ? added : [])].filter((key) => !removed(key)).map(refOf),
  );
  if (changed.some((g) => g.length === 0))
    throw new SopsError("NO_KEYS", "no master key would be left in a key group", {
      hint: "add another key in the same command, for example with --add-age",
    });
  return changed;
}

/** A name that ends in a slash lacks its last part (an Azure key without its version) and means each of them. */
function isNamed(identity: string, name: string): boolean {
  return identity === name || (name.endsWith("/") && identity.startsWith(name));
}

function refOf(key: KeyRef): KeyRef {
  return { type: key.type, fields: key.fields };
}
