import { SopsError } from "../../core/base/errors.ts";
import { exec, execInBackground } from "../../node/exec.ts";
import { environmentOf } from "../../ops/read-env.ts";
import type { Args } from "../args.ts";
import { codeNames } from "../code-names.ts";
import type { CommandModule } from "../command.ts";
import { openSettings, opsContext } from "../context.ts";
import { execOperands, execOptions, mirror } from "../exec.ts";
import { inputFormat } from "../formats.ts";
import type { Io } from "../io.ts";
import { DECRYPTION_ORDER, EXEC, EXEC_ENV, KEY_SERVICE, TYPES } from "../options.ts";
import { inInput, read } from "../place.ts";
import { noteText } from "../ui.ts";

export const command: CommandModule = {
  operands: "file 'command' | file -- command arguments",
  options: [...EXEC_ENV, ...EXEC, ...TYPES, DECRYPTION_ORDER, ...KEY_SERVICE],
  notes: `one quoted command runs in the shell; a command with arguments after -- runs as it is, with no shell
signals reach the command, and enc ends as the command ends: with its exit code, or by its signal
--same-process needs Node 22.15 or newer, or the stand-alone enc; elsewhere the command is a child that enc waits for`,
  examples: [
    ["enc exec-env app.env -- npm start", "run a program with the values in its environment"],
    [`enc exec-env app.env 'echo "$GREETING"'`, "run a line of shell"],
    ["enc exec-env --user app --same-process app.env 'exec server'", "the entry point of a container"],
  ],
  run,
};

async function run(args: Args, io: Io): Promise<number> {
  const { file, command: wanted } = execOperands(args, "exec-env");
  const sameProcess = args.has("same-process");
  const background = args.has("background");
  if (sameProcess) checkSameProcess(background);
  const settings = openSettings(args, io);
  const values = await inInput(file, async () => {
    const sealed = await read(file, io);
    const input = await inputFormat(args, file, { sealed });
    return environmentOf(sealed, input, settings, await opsContext(args, io), file);
  });
  tellOfCode(values, io);
  const options = await execOptions(args, io, values);
  if (background) {
    await execInBackground(wanted, options);
    return 0;
  }
  if (sameProcess) {
    await io.replaceProcess(wanted, options);
    io.writeErr(noteText("the process cannot be replaced here: the command runs as a child"));
  }
  return mirror(await exec(wanted, options), io);
}

/** Said before the command runs; what it is told, it is told: some files set PATH on purpose. */
function tellOfCode(values: readonly (readonly [string, string])[], io: Io): void {
  const names = codeNames(values);
  if (names.length === 0) return;
  io.note(`the file sets ${names.join(", ")}: who can write it has a say in what code the command runs`);
}

function checkSameProcess(background: boolean): void {
  if (background)
    throw new SopsError("CONFLICTING_OPTIONS", "--same-process and --background exclude each other", {
      hint: "give one of the two",
    });
  if (process.platform === "win32")
    throw new SopsError("USAGE", "--same-process is not available on Windows", { hint: "leave it out" });
}
