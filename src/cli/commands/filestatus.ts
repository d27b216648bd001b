import { isEncrypted } from "../../ops/status.ts";
import type { Args } from "../args.ts";
import type { CommandModule } from "../command.ts";
import { inputFormat } from "../formats.ts";
import type { Io } from "../io.ts";
import { TYPES } from "../options.ts";
import { inInput, readExisting } from "../place.ts";

export const command: CommandModule = {
  operands: "file",
  options: TYPES.filter(({ long }) => long === "input-type"),
  examples: [
    ["enc filestatus secrets.yaml", `print {"encrypted":true} or {"encrypted":false}; needs no key`],
  ],
  run,
};

async function run(args: Args, io: Io): Promise<number> {
  const file = args.requireFile();
  const encrypted = await inInput(file, async () => {
    const input = await inputFormat(args, file);
    return isEncrypted(await readExisting(file, io), input);
  });
  io.writeOut(`${JSON.stringify({ encrypted })}\n`);
  return 0;
}
