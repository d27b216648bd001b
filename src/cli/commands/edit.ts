import { resolve } from "node:path";
import { SopsError } from "../../core/errors.ts";
import { editText } from "../../node/editor.ts";
import { writeFileSafely } from "../../node/files.ts";
import { readIfPresent } from "../../node/read-input.ts";
import { type EditSession, newForEdit, openForEdit } from "../../ops/edit.ts";
import type { Args } from "../args.ts";
import type { CommandModule } from "../command.ts";
import { openSettings, opsContext } from "../context.ts";
import { oneFormat } from "../formats.ts";
import type { Io } from "../io.ts";
import {
  DECRYPTION_ORDER,
  IGNORE_MAC,
  KEY_SERVICE,
  MASTER_KEYS,
  SELECTORS,
  SHOW_MASTER_KEYS,
  TYPES,
} from "../options.ts";
import { inInput } from "../place.ts";
import { sealSettings } from "../settings.ts";
import { errorText } from "../ui.ts";

export const command: CommandModule = {
  operands: "file",
  options: [
    ...MASTER_KEYS,
    ...SELECTORS,
    ...TYPES,
    IGNORE_MAC,
    DECRYPTION_ORDER,
    SHOW_MASTER_KEYS,
    ...KEY_SERVICE,
  ],
  notes: "the editor is $SOPS_EDITOR, else $EDITOR, else vim, nano or vi",
  examples: [
    ["enc edit secrets.yaml", "edit a file; one that does not exist starts with an example"],
    ['EDITOR="code --wait" enc edit secrets.yaml', "with an editor that returns at once by itself"],
  ],
  run,
};

async function run(args: Args, io: Io): Promise<number> {
  const file = args.requireFile();
  if (args.has("show-master-keys"))
    throw new SopsError("USAGE", "--show-master-keys is not available in this version", {
      hint: "leave it out",
    });
  const path = resolve(io.cwd, file);
  await inInput(file, async () => {
    const session = await open(file, path, args, io);
    const options = { name: path, cwd: io.cwd, env: io.env, askAgain: askAgain(file, io) };
    const sealed = await editText(session.plain, (edited) => session.reseal(edited), options);
    await writeFileSafely(path, sealed, "shared");
  });
  return 0;
}

async function open(file: string, path: string, args: Args, io: Io): Promise<EditSession> {
  const format = await oneFormat(args, file, io);
  const settings = openSettings(args);
  const sealed = await readIfPresent(path);
  const ctx = await opsContext(io);
  if (sealed !== null) return openForEdit(sealed, format, settings, ctx);
  return newForEdit(format, await sealSettings(args, file, format.name, ctx, io), ctx);
}

function askAgain(file: string, io: Io): (error: SopsError) => Promise<boolean> {
  return (error) => {
    io.writeErr(errorText(error.at({ file }), io.color));
    io.writeErr("enc: press Enter to go back to the editor, Ctrl-C to give up\n");
    return io.readEnter();
  };
}
