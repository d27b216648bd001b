import { utf8 } from "../core/base/bytes.ts";
import { DATA_KEY_BYTES } from "../core/keys/data-key.ts";
import { SOPS_VERSION, type Unlocked } from "../core/file/document.ts";
import type { Format } from "../core/model/format.ts";
import type { SealedMemory } from "../core/file/ciphertext-reuse.ts";
import { raiseVersion } from "../core/base/version.ts";
import type { OpenSettings, OpsContext, SealSettings } from "./context.ts";
import { checkSelector, showKeys, withMetadata } from "./edit-keys.ts";
import { newFile, sealPlain } from "./encrypt.ts";
import { exampleOf } from "./example.ts";
import { guardDepth, openFile, recoverDataKey, tellLostLayout } from "./open.ts";

/** A text in someone's editor, and the way back to a sealed file. */
export interface EditSession {
  /** The plain text; with `showMasterKeys` with the sops block. */
  readonly plain: Uint8Array;
  /** Seals the edited text; unchanged values keep their ciphertext. May be tried again. */
  reseal(edited: Uint8Array): Promise<Uint8Array>;
}

export interface EditSettings {
  /** The editor shows the sops block too, and what is changed there holds: keys, groups, threshold, selector. */
  readonly showMasterKeys?: boolean | undefined;
}

/** Opens a sealed file for editing. The version is raised where the file's is older, as SOPS does (format.md 5.3). */
export async function openForEdit(
  sealed: Uint8Array,
  format: Format,
  settings: OpenSettings & EditSettings,
  ctx: OpsContext,
): Promise<EditSession> {
  const opened = await openFile(sealed, format, settings, ctx, true);
  const { file, document, source } = opened;
  tellLostLayout(opened, ctx);
  const version = raiseVersion(file.metadata.version, SOPS_VERSION);
  const raised: Unlocked = { ...file, metadata: { ...file.metadata, version } };
  const plain = guardDepth(() => document.exact());
  const { memory } = document;
  if (settings.showMasterKeys !== true)
    return { plain, reseal: (edited) => seal(edited, format, raised, memory, ctx) };
  // The cipher has taken the data key over; unwrapping it once more asks nobody (unwrapOnce).
  const dataKey = (): Promise<Uint8Array> =>
    recoverDataKey(source, file.metadata, settings.decryptionOrder, ctx);
  return sessionWithKeys({ plain, file: raised, format, memory, dataKey }, ctx);
}

/** Starts a file that does not exist, with SOPS' example document (command-line.md 5.3). */
export async function newForEdit(
  format: Format,
  settings: SealSettings & EditSettings,
  ctx: OpsContext,
): Promise<EditSession> {
  const file = await newFile(format, settings, ctx);
  const plain = utf8(exampleOf(format.name));
  if (settings.showMasterKeys !== true)
    return { plain, reseal: (edited) => seal(edited, format, file, undefined, ctx) };
  // Nothing is sealed yet: another data key is as good, and has to be wrapped.
  const dataKey = (): Promise<Uint8Array> => Promise.resolve(ctx.runtime.randomBytes(DATA_KEY_BYTES));
  const unwrapped = { ...file, metadata: { ...file.metadata, groups: [] } };
  return sessionWithKeys({ plain, file: unwrapped, format, memory: undefined, dataKey, shown: file }, ctx);
}

interface Edited {
  readonly plain: Uint8Array;
  readonly file: Unlocked;
  readonly format: Format;
  readonly memory: SealedMemory | undefined;
  readonly dataKey: () => Promise<Uint8Array>;
  /** Whose keys are shown; default: those of `file`. */
  readonly shown?: Unlocked;
}

function sessionWithKeys(of: Edited, ctx: OpsContext): EditSession {
  const { file, format } = of;
  const { metadata } = of.shown ?? file;
  const keys = guardDepth(() => showKeys(of.plain, format, metadata, ctx.runtime.now()));
  return {
    plain: keys.text,
    async reseal(edited) {
      const taken = guardDepth(() => keys.take(edited));
      const next = await withMetadata(file, taken.metadata, await of.dataKey(), format, ctx);
      guardDepth(() => checkSelector(next, metadata, taken.plain, format));
      return seal(taken.plain, format, next, of.memory, ctx);
    },
  };
}

/** A memory is used up by one sealing, and the user may need a second try: each gets a copy. */
async function seal(
  plain: Uint8Array,
  format: Format,
  file: Unlocked,
  memory: SealedMemory | undefined,
  ctx: OpsContext,
): Promise<Uint8Array> {
  const source = guardDepth(() => format.parsePlain(plain));
  await ctx.audit?.("encrypt");
  return guardDepth(() => sealPlain(source, file, plain, { input: format, output: format }, memory?.copy()));
}
