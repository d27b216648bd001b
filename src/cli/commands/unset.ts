import { SopsError } from "../../core/errors.ts";
import { unset } from "../../ops/set.ts";
import type { Args } from "../args.ts";
import { CHANGE_OPTIONS, changeFile } from "../change.ts";
import type { CommandModule } from "../command.ts";
import type { Io } from "../io.ts";

export const command: CommandModule = {
  operands: "file path",
  options: CHANGE_OPTIONS,
  examples: [
    [`enc unset secrets.yaml '["database"]["password"]'`, "remove a key"],
    [`enc unset --idempotent secrets.yaml '["users"][0]'`, "remove a list element, if it is there"],
  ],
  run,
};

async function run(args: Args, io: Io): Promise<number> {
  const [file, path, ...more] = args.positionals;
  if (file === undefined || path === undefined || more.length > 0)
    throw new SopsError("NO_FILE", "unset needs a file and a path", {
      hint: `for example: enc unset secrets.yaml '["name"]'`,
    });
  return changeFile(file, args, io, (input) =>
    unset(input.sealed, input.formats, path, input.settings, input.ctx),
  );
}
