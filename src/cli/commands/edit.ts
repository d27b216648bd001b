import { resolve } from "node:path";
import { SopsError } from "../../core/base/errors.ts";
import type { Format } from "../../core/model/format.ts";
import { editText } from "../../node/editor.ts";
import { refuseMissingFolder } from "../../node/files.ts";
import { readIfPresent } from "../../node/read-input.ts";
import { isChangedMeanwhile } from "../../node/seen.ts";
import type { OpsContext } from "../../ops/context.ts";
import { type EditSession, newForEdit, openForEdit } from "../../ops/edit.ts";
import { readSealedMetadata } from "../../ops/open.ts";
import type { Args } from "../args.ts";
import { warnOfClearText } from "../clear-text.ts";
import type { CommandModule } from "../command.ts";
import { openSettings, opsContext } from "../context.ts";
import { oneFormat } from "../formats.ts";
import type { Io } from "../io.ts";
import {
  DECRYPTION_ORDER,
  FILENAME_OVERRIDE,
  IGNORE_MAC,
  KEY_SERVICE,
  MASTER_KEYS,
  SELECTORS,
  SHOW_MASTER_KEYS,
  TYPES,
} from "../options.ts";
import { inInput } from "../place.ts";
import { rulesToTell } from "../rule-of.ts";
import { ruleFor, sealSettings } from "../settings.ts";
import { noteKeepers } from "../keepers.ts";
import { noteAsOne } from "../taken-for.ts";
import { deliver } from "../target.ts";
import { tidyBeside } from "../tidy.ts";
import { errorText } from "../ui.ts";

export const command: CommandModule = {
  operands: "file",
  options: [
    ...MASTER_KEYS,
    ...SELECTORS,
    ...TYPES,
    FILENAME_OVERRIDE,
    IGNORE_MAC,
    DECRYPTION_ORDER,
    SHOW_MASTER_KEYS,
    ...KEY_SERVICE,
  ],
  notes: "the editor is $SOPS_EDITOR, else $EDITOR, else vim, nano or vi",
  examples: [
    ["enc edit secrets.yaml", "edit a file; one that does not exist starts with an example"],
    ["enc edit -s secrets.yaml", "with the sops block: add, remove and group master keys"],
    ['EDITOR="code --wait" enc edit secrets.yaml', "with an editor that returns at once by itself"],
  ],
  run,
};

interface World {
  readonly format: Format;
  readonly ctx: OpsContext;
}

async function run(args: Args, io: Io): Promise<number> {
  const file = args.requireFile();
  const path = resolve(io.cwd, file);
  await tidyBeside(path, io);
  await inInput(file, async () => {
    const opened = await readIfPresent(path);
    if (opened === null) refuseMissingFolder(path);
    const name = args.text("filename-override") ?? file;
    const known = opened === null ? { type: (await ruleFor(args, name, io))?.type } : { sealed: opened };
    const world = { format: await oneFormat(args, name, io, known), ctx: await opsContext(args, io) };
    if (opened === null) noteAsOne(name, { input: world.format }, args, io);
    const session = await open(name, opened, world, args, io);
    const { cwd, env } = io;
    const note = (message: string): void => {
      io.note(message);
    };
    const options = { name: path, cwd, env, note, askAgain: askAgain(file, io) };
    let seen = opened;
    // Written while the text is still in the editor's file: where that fails, nothing is lost yet.
    const accept = async (edited: Uint8Array): Promise<void> => {
      const sealed = await session.reseal(edited);
      if (opened !== null) await tellOfClearText(opened, sealed, name, world, args, io);
      try {
        await deliver(sealed, file, "shared", io, seen);
      } catch (error) {
        if (!isChangedMeanwhile(error)) throw error;
        seen = await readIfPresent(path);
        throw changedSinceOpened();
      }
      if (opened !== null && args.has("show-master-keys"))
        noteKeepers(opened, sealed, { file, ...world, io });
    };
    await editText(session.plain, accept, options);
  });
  return 0;
}

/** What the file's selector leaves in clear text is not what its creation rule says: said while it is not written yet. */
async function tellOfClearText(
  before: Uint8Array,
  after: Uint8Array,
  name: string,
  { format, ctx }: World,
  args: Args,
  io: Io,
): Promise<void> {
  const { selector } = readSealedMetadata(format.parseSealed(after));
  const formats = { input: format, output: format };
  const ruled = { name, rules: rulesToTell(args, io, ctx), io };
  await warnOfClearText({ before, after, formats, selector }, ruled, ctx);
}

async function open(
  name: string,
  sealed: Uint8Array | null,
  { format, ctx }: World,
  args: Args,
  io: Io,
): Promise<EditSession> {
  const showMasterKeys = args.has("show-master-keys");
  const settings = { ...openSettings(args, io), showMasterKeys };
  if (sealed !== null) return openForEdit(sealed, format, settings, ctx);
  const forNew = await sealSettings(args, name, format.name, ctx, io);
  return newForEdit(format, { ...forNew, showMasterKeys }, ctx);
}

/** What someone else wrote while the editor was open is not overwritten; told once, the user decides. */
function changedSinceOpened(): SopsError {
  return new SopsError("CANNOT_WRITE", "the file has changed on the disk since it was opened", {
    hint: "saving once more overwrites that change; to keep both, copy your text elsewhere first",
  });
}

function askAgain(file: string, io: Io): (error: SopsError) => Promise<boolean> {
  return (error) => {
    io.writeErr(errorText(error.at({ file }), io.color));
    io.writeErr("enc: press Enter to go back to the editor, Ctrl-C to give up\n");
    return io.readLine().then((line) => line !== null);
  };
}
