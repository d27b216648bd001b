import { utf8 } from "../core/bytes.ts";
import { sealDocument, SOPS_VERSION, type Unlocked } from "../core/document.ts";
import type { Format } from "../core/format.ts";
import type { SealedMemory } from "../core/memory.ts";
import { raiseVersion } from "../core/version.ts";
import type { OpenSettings, OpsContext, SealSettings } from "./context.ts";
import { newFile } from "./encrypt.ts";
import { exampleOf } from "./example.ts";
import { guardDepth, openFile, writeBlock } from "./open.ts";

/** A plain text in someone's editor, and the way back to a sealed file. */
export interface EditSession {
  readonly plain: Uint8Array;
  /** Seals the edited text under the same data key; unchanged values keep their ciphertext. May be tried again. */
  reseal(edited: Uint8Array): Promise<Uint8Array>;
}

/** Opens a sealed file for editing. The version is raised where the file's is older, as SOPS does (spec section 5.3). */
export async function openForEdit(
  sealed: Uint8Array,
  format: Format,
  settings: OpenSettings,
  ctx: OpsContext,
): Promise<EditSession> {
  const { file, document } = await openFile(sealed, format, settings, ctx, true);
  const version = raiseVersion(file.metadata.version, SOPS_VERSION);
  const raised: Unlocked = { ...file, metadata: { ...file.metadata, version } };
  const plain = guardDepth(() => document.text());
  return { plain, reseal: laterReseal(format, raised, document.memory) };
}

/** Starts a file that does not exist, with SOPS' example document (cli spec, edit). */
export async function newForEdit(
  format: Format,
  settings: SealSettings,
  ctx: OpsContext,
): Promise<EditSession> {
  const file = await newFile(format, settings, ctx);
  const plain = utf8(exampleOf(format.name));
  return { plain, reseal: laterReseal(format, file, undefined) };
}

/** A memory is used up by one sealing, and the user may need a second try: each gets a copy. */
function laterReseal(
  format: Format,
  file: Unlocked,
  memory: SealedMemory | undefined,
): (edited: Uint8Array) => Promise<Uint8Array> {
  const reseal = (plain: Uint8Array): Uint8Array =>
    sealDocument(format, format.parsePlain(plain), file, { plain, writeBlock, memory: memory?.copy() });
  return (plain) => Promise.resolve().then(() => guardDepth(() => reseal(plain)));
}
