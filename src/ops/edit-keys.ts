import { KEY_TYPE_NAMES } from "../key-types/index.ts";
import { tryFromUtf8 } from "../core/base/bytes.ts";
import { wrapDataKey, type Wrapped } from "../core/keys/data-key.ts";
import { SOPS_VERSION, unlock, type Unlocked } from "../core/file/document.ts";
import { SopsError } from "../core/base/errors.ts";
import type { Format, SealedSource } from "../core/model/format.ts";
import { type Metadata, writeMetadata } from "../core/file/metadata.ts";
import { formatSeconds } from "../core/base/time.ts";
import type { MapNode } from "../core/model/tree.ts";
import { raiseVersion } from "../core/base/version.ts";
import type { OpsContext } from "./context.ts";
import { refuseEmptySelection } from "./encrypt.ts";
import { warnOfLoneGroup } from "./lone-group.ts";
import { readSealedMetadata } from "./open.ts";

/** A plain text with its file's sops block, as `edit --show-master-keys` has it in the editor. */
export interface ShownKeys {
  readonly text: Uint8Array;
  /** The two taken apart again. Throws what reading them throws, and NO_KEYS where no key is left. */
  take(edited: Uint8Array): { readonly plain: Uint8Array; readonly metadata: Metadata };
}

/** Throws UNSUPPORTED for bytes that are no text. */
export function showKeys(plain: Uint8Array, format: Format, metadata: Metadata, now: Date): ShownKeys {
  if (format.name === "binary" && tryFromUtf8(plain) === null)
    throw new SopsError("UNSUPPORTED", "the keys of a file that is no text cannot be shown in an editor", {
      hint: "leave --show-master-keys out; enc rotate --add-age, --rm-age and so on change keys",
    });
  // Nothing is sealed: every value stays in clear text, where it stands.
  const draft = format.parsePlain(plain).seal(new Map());
  // A file that does not exist yet has no date, and a block without one cannot be read.
  const lastModified = metadata.lastModified === "" ? formatSeconds(now) : metadata.lastModified;
  return {
    text: draft.finish(writeMetadata({ ...metadata, lastModified })),
    take(edited) {
      const source = format.parseSealed(edited);
      return { plain: source.open(new Map(), draft.presentation), metadata: metadataOf(source) };
    },
  };
}

function metadataOf(source: SealedSource): Metadata {
  refuseTwoKinds(source.metadata);
  try {
    return readSealedMetadata(source);
  } catch (error) {
    if (!(error instanceof SopsError) || error.code !== "NO_KEYS") throw error;
    throw new SopsError("NO_KEYS", "the sops block names no master key: nobody could open the file", {
      hint: "leave at least one, for example: age: [{recipient: age1...}]",
    });
  }
}

/** Of both SOPS takes the lists alone (format.md 5.2): groups that someone has just written would be for nothing. */
function refuseTwoKinds(metadata: MapNode): void {
  const filled = (name: string): boolean =>
    metadata.entries.some(
      (e) => e.type === "entry" && e.key === name && e.value.type === "list" && e.value.items.length > 0,
    );
  if (!filled("key_groups") || !KEY_TYPE_NAMES.some(filled)) return;
  throw new SopsError("BAD_METADATA", "the sops block has key_groups and lists of keys beside them", {
    hint: "move the keys of the lists into a group",
  });
}

/**
 * The file with the edited metadata: where keys or threshold changed, `dataKey` is wrapped for all of them. MAC, date
 * and layout hints are those of the file. Throws what wrapping throws, and BAD_PATTERN.
 */
export async function withMetadata(
  file: Unlocked,
  edited: Metadata,
  dataKey: Uint8Array,
  format: Format,
  ctx: OpsContext,
): Promise<Unlocked> {
  const { lastModified, mac, presentation } = file.metadata;
  const keys = sameKeys(file.metadata, edited) ? {} : await wrapEdited(edited, dataKey, ctx);
  const version = raiseVersion(edited.version, SOPS_VERSION);
  const metadata = { ...edited, ...keys, version, lastModified, mac, presentation };
  return unlock(metadata, dataKey, ctx.runtime, "seal", format.name === "binary");
}

function wrapEdited(edited: Metadata, dataKey: Uint8Array, ctx: OpsContext): Promise<Wrapped> {
  const groups = edited.groups.map((group) => group.keys.map(({ type, fields }) => ({ type, fields })));
  warnOfLoneGroup(groups, edited.shamirThreshold, ctx);
  return wrapDataKey(dataKey, groups, edited.shamirThreshold, ctx);
}

/** Every field counts, the wrapped data key too: one that was damaged by hand is made anew. */
function sameKeys(a: Metadata, b: Metadata): boolean {
  const told = ({ groups, shamirThreshold }: Metadata): string =>
    JSON.stringify([shamirThreshold, groups.map(({ keys }) => keys)]);
  return told(a) === told(b);
}

/** A selector that was just written must select something. */
export function checkSelector(file: Unlocked, before: Metadata, plain: Uint8Array, format: Format): void {
  const { selector } = file.metadata;
  if (selector?.name === before.selector?.name && selector?.pattern === before.selector?.pattern) return;
  refuseEmptySelection(format.parsePlain(plain).tree, file.selection, selector);
}
