import { SopsError } from "../../core/errors.ts";
import { type Command, exec } from "../../node/exec.ts";
import { environmentOf } from "../../ops/read-env.ts";
import type { Args } from "../args.ts";
import type { CommandModule } from "../command.ts";
import { openSettings, opsContext } from "../context.ts";
import { inputFormat } from "../formats.ts";
import type { Io } from "../io.ts";
import { DECRYPTION_ORDER, EXEC, KEY_SERVICE, TYPES } from "../options.ts";
import { inInput, readExisting } from "../place.ts";

export const command: CommandModule = {
  operands: "file 'command' | file -- command [arguments]",
  options: [...EXEC, ...TYPES, DECRYPTION_ORDER, ...KEY_SERVICE],
  notes: "one quoted command runs in the shell; a command after -- runs as it is, with no shell",
  examples: [
    ["enc exec-env app.env -- npm start", "run a program with the values in its environment"],
    [`enc exec-env app.env 'echo "$GREETING"'`, "run a line of shell"],
  ],
  run,
};

const UNAVAILABLE = ["user", "background", "same-process"];

async function run(args: Args, io: Io): Promise<number> {
  const flag = UNAVAILABLE.find((name) => args.has(name));
  if (flag !== undefined)
    throw new SopsError("USAGE", `--${flag} is not available in this version`, {
      hint: "leave it out: signals reach the command, and its exit code is handed on",
    });
  const { file, command: wanted } = operandsOf(args);
  const values = await inInput(file, async () => {
    const input = await inputFormat(args, file);
    return environmentOf(await readExisting(file, io), input, openSettings(args), await opsContext(args, io));
  });
  const own = args.has("pristine")
    ? []
    : Object.entries(io.env).flatMap(([k, v]) => (v === undefined ? [] : [[k, v] as const]));
  const { code, signal } = await exec(wanted, { cwd: io.cwd, env: [...own, ...values] });
  if (signal !== null) io.dieBy(signal);
  return code;
}

/** sops' form has exactly two operands, the second for the shell; ours has the command behind `--`. */
function operandsOf(args: Args): { readonly file: string; readonly command: Command } {
  const { operands, rest } = args;
  const [file, line, ...more] = args.positionals;
  if (file !== undefined && operands.length === 1 && rest !== undefined && rest.length > 0)
    return { file, command: { argv: rest } };
  if (file !== undefined && line !== undefined && more.length === 0)
    return { file, command: { shell: line } };
  throw new SopsError("USAGE", "exec-env needs a file and a command", {
    hint: "put -- before a command with arguments: enc exec-env app.env -- npm start",
  });
}
