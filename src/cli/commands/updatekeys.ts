import type { Args } from "../args.ts";
import type { CommandModule } from "../command.ts";
import type { Io } from "../io.ts";
import { KEY_SERVICE, MANY, TYPES, YES } from "../options.ts";

export const command: CommandModule = {
  operands: "file|folder|glob ...",
  options: [YES, ...TYPES.filter(({ long }) => long === "input-type"), ...KEY_SERVICE, ...MANY],
  notes:
    "the keys are those of the creation rule; the data key and the values stay, so whoever had the data key still\n" +
    "has it: after taking a person out, run enc rotate too, and change the secrets themselves.\n" +
    "The threshold of several key groups stays the file's; a file that fails does not keep the others back",
  examples: [
    ["enc updatekeys secrets.yaml", "show what would change, ask, and do it"],
    ["enc updatekeys --yes secrets/", "every encrypted file of a folder, without asking"],
  ],
  run,
};

async function run(args: Args, io: Io): Promise<number> {
  return (await import("../many/update-keys.ts")).updateMany(args, io);
}
