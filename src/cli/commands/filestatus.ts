import { isEncrypted } from "../../ops/status.ts";
import type { Args } from "../args.ts";
import type { CommandModule } from "../command.ts";
import { inputFormat } from "../formats.ts";
import type { Io } from "../io.ts";
import { wantsMany } from "../many/wants.ts";
import { MANY, TYPES } from "../options.ts";
import { inInput, read } from "../place.ts";

export const command: CommandModule = {
  operands: "file|folder|glob ...",
  options: [
    ...TYPES.filter(({ long }) => long === "input-type"),
    ...MANY.filter(({ long }) => long !== "quiet"),
  ],
  examples: [
    ["enc filestatus secrets.yaml", `print {"encrypted":true} or {"encrypted":false}; needs no key`],
    ["enc filestatus secrets/", "the encrypted files of a folder, a JSON object for each on its line"],
  ],
  run,
};

async function run(args: Args, io: Io): Promise<number> {
  if (args.operands.length > 0 && wantsMany(args, io))
    return (await import("../many/filestatus.ts")).filestatusMany(args, io);
  const file = args.fileOrStdin();
  const encrypted = await inInput(file, async () => {
    const bytes = await read(file, io);
    return isEncrypted(bytes, await inputFormat(args, file, { sealed: bytes }));
  });
  io.writeOut(`${JSON.stringify({ encrypted })}\n`);
  return 0;
}
