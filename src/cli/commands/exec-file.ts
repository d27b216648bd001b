import { execWithFile, execWithFileInBackground, hasPlaceholder, localName } from "../../node/exec-file.ts";
import { decrypt } from "../../ops/decrypt.ts";
import type { Args } from "../args.ts";
import type { CommandModule } from "../command.ts";
import { openSettings, opsContext } from "../context.ts";
import { execOperands, execOptions, mirror } from "../exec.ts";
import { checkFormatFlags, formatsOf } from "../formats.ts";
import type { Io } from "../io.ts";
import { DECRYPTION_ORDER, EXEC, EXEC_FILE, KEY_SERVICE, TYPES } from "../options.ts";
import { inInput, read } from "../place.ts";
import { noteText } from "../ui.ts";

export const command: CommandModule = {
  operands: "file 'command' | file -- command arguments",
  options: [...EXEC_FILE, ...EXEC, ...TYPES, DECRYPTION_ORDER, ...KEY_SERVICE],
  notes: `{} in the command stands for the path of the plain text, which is gone when the command ends
one quoted command runs in the shell; a command with arguments after -- runs as it is, with no shell
the plain text is in a FIFO, and on no disk; where there are none (Windows) it is in a private file, as with --no-fifo`,
  examples: [
    ["enc exec-file app.json 'server --config {}'", "run a program that reads a file"],
    [
      "enc exec-file --no-fifo --filename app.toml app.bin -- server {}",
      "one that needs a real file and its name",
    ],
    ["enc exec-file --output-type json app.yaml 'jq .database {}'", "convert on the way"],
  ],
  run,
};

async function run(args: Args, io: Io): Promise<number> {
  const { file, command: wanted } = execOperands(args, "exec-file");
  const filename = localName(args.text("filename"));
  checkFormatFlags(args);
  const settings = openSettings(args, io);
  const plain = await inInput(file, async () => {
    const sealed = await read(file, io);
    const formats = await formatsOf(args, file, io, { sealed });
    return decrypt(sealed, formats, settings, await opsContext(args, io));
  });
  const warn = (message: string): void => {
    io.writeErr(noteText(message));
  };
  if (!hasPlaceholder(wanted)) warn("there is no {} in the command, which stands for the path of the file");
  const options = { ...(await execOptions(args, io)), filename, fifo: !args.has("no-fifo"), warn };
  if (!args.has("background")) return mirror(await execWithFile(plain, wanted, options), io);
  await execWithFileInBackground(plain, wanted, options);
  return 0;
}
