import { resolve } from "node:path";
import { equalBytes } from "../../core/bytes.ts";
import { SopsError } from "../../core/errors.ts";
import { editText } from "../../node/editor.ts";
import { refuseMissingFolder, writeFileSafely } from "../../node/files.ts";
import { readIfPresent } from "../../node/read-input.ts";
import { type EditSession, newForEdit, openForEdit } from "../../ops/edit.ts";
import type { Args } from "../args.ts";
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
import { ruleFor, sealSettings } from "../settings.ts";
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

async function run(args: Args, io: Io): Promise<number> {
  const file = args.requireFile();
  const path = resolve(io.cwd, file);
  await inInput(file, async () => {
    const opened = await readIfPresent(path);
    if (opened === null) refuseMissingFolder(path);
    const session = await open(file, opened, args, io);
    const options = { name: path, cwd: io.cwd, env: io.env, askAgain: askAgain(file, io) };
    const refuse = refuseOnce(path, opened);
    // Written while the text is still in the editor's file: where that fails, nothing is lost yet.
    const accept = async (edited: Uint8Array): Promise<void> => {
      const sealed = await session.reseal(edited);
      await refuse();
      await writeFileSafely(path, sealed, "shared");
    };
    await editText(session.plain, accept, options);
  });
  return 0;
}

async function open(file: string, sealed: Uint8Array | null, args: Args, io: Io): Promise<EditSession> {
  const name = args.text("filename-override") ?? file;
  const type = sealed === null ? (await ruleFor(args, name, io))?.type : undefined;
  const format = await oneFormat(args, name, io, { type, sealed: sealed ?? undefined });
  const showMasterKeys = args.has("show-master-keys");
  const settings = { ...openSettings(args, io), showMasterKeys };
  const ctx = await opsContext(args, io);
  if (sealed !== null) return openForEdit(sealed, format, settings, ctx);
  const forNew = await sealSettings(args, name, format.name, ctx, io);
  return newForEdit(format, { ...forNew, showMasterKeys }, ctx);
}

/** Refuses to overwrite what someone else wrote while the editor was open; told once, the user decides. */
function refuseOnce(path: string, opened: Uint8Array | null): () => Promise<void> {
  let seen = opened;
  return async () => {
    const now = await readIfPresent(path);
    if (now === null || (seen !== null && equalBytes(now, seen))) return;
    seen = now;
    throw new SopsError("CANNOT_WRITE", "the file has changed on the disk since it was opened", {
      hint: "saving once more overwrites that change; to keep both, copy your text elsewhere first",
    });
  };
}

function askAgain(file: string, io: Io): (error: SopsError) => Promise<boolean> {
  return (error) => {
    io.writeErr(errorText(error.at({ file }), io.color));
    io.writeErr("enc: press Enter to go back to the editor, Ctrl-C to give up\n");
    return io.readLine().then((line) => line !== null);
  };
}
