import { completed, DATA_KEY_BYTES, wrapDataKey } from "../core/keys/data-key.ts";
import { unlock, type Unlocked } from "../core/file/document.ts";
import { SopsError } from "../core/base/errors.ts";
import { isNamed } from "../core/keys/key-diff.ts";
import type { KeyGroup, KeyRef, KeyType } from "../core/keys/key.ts";
import { resealText } from "../core/file/reseal.ts";
import { sealPrinted } from "../core/file/seal-document.ts";
import { type Formats, type OpenSettings, type OpsContext, warn } from "./context.ts";
import { warnOfLoneGroup } from "./lone-group.ts";
import { keepsValues, takenOutOf } from "./keepers.ts";
import { guardDepth, openFile, type OpenedFile, tellLostLayout } from "./open.ts";
import { differsFromRule } from "./rule-keys.ts";

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
  /** The keys of the file's creation rule, to tell how its own differ from them; undefined: nothing is known of any. */
  readonly rule?: (() => Promise<readonly (readonly KeyRef[])[] | undefined>) | undefined;
}

/** A new data key, every value and every key sealed anew; the threshold, the version and the layout stay. */
export async function rotate(
  sealed: Uint8Array,
  formats: Formats,
  changes: KeyChanges,
  settings: OpenSettings,
  ctx: OpsContext,
): Promise<Uint8Array> {
  const opened = await openFile(sealed, formats.input, settings, ctx, false, ["rotate", "decrypt"]);
  const { groups, shamirThreshold } = opened.file.metadata;
  const add = await Promise.all(changes.add.map((ref) => completed(ref, ctx)));
  const changed = changeGroups(groups, { ...changes, add }, ctx);
  await tellOfKeys(groups, changed, changes, ctx);
  warnOfLoneGroup(changed, shamirThreshold, ctx);
  const dataKey = ctx.runtime.randomBytes(DATA_KEY_BYTES);
  const wrapped = await wrapDataKey(dataKey, changed, shamirThreshold, ctx);
  const metadata = { ...opened.file.metadata, ...wrapped, presentation: "" };
  const fresh = await unlock(metadata, dataKey, ctx.runtime, "open");
  await ctx.audit?.("encrypt");
  tellLostLayout(opened, ctx, formats.indent);
  return guardDepth(() => sealAnew(opened, fresh, formats));
}

/** The opened tree is sealed as it is: where the text can keep its form, only ciphertexts change. */
function sealAnew({ source, document }: OpenedFile, fresh: Unlocked, formats: Formats): Uint8Array {
  const { input, output, indent } = formats;
  const converted = input !== output;
  const plain = document.original({ indent });
  const original = plain === null ? undefined : { plain, extra: document.extra };
  const resealed = converted ? null : resealText(input, source, document.tree, fresh, { original });
  return resealed ?? sealPrinted(output, document.tree, fresh, { indent, converted });
}

async function tellOfKeys(
  before: readonly KeyGroup[],
  groups: readonly (readonly KeyRef[])[],
  { rule }: KeyChanges,
  ctx: OpsContext,
): Promise<void> {
  const gone = takenOutOf(
    before.map(({ keys }) => keys),
    groups,
    ctx,
  );
  if (gone.length > 0) warn(ctx, keepsValues(gone));
  const wanted = await rule?.();
  const difference = wanted && differsFromRule(groups, wanted, ctx);
  if (typeof difference === "string") warn(ctx, difference);
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

function refOf(key: KeyRef): KeyRef {
  return { type: key.type, fields: key.fields };
}
