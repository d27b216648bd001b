import { SopsError } from "../../core/base/errors.ts";
import { unset } from "../../ops/set.ts";
import type { Args } from "../args.ts";
import { CHANGE_OPTIONS, type Change, changeFile } from "../change.ts";
import type { CommandModule } from "../command.ts";
import type { Io } from "../io.ts";

export const command: CommandModule = {
  operands: "file path | --file file|folder|glob ... path",
  options: CHANGE_OPTIONS,
  examples: [
    [`enc unset secrets.yaml '["database"]["password"]'`, "remove a key"],
    [`enc unset --idempotent --file env/ '["old"]'`, "in every encrypted file of a folder, all or none"],
    [`enc unset --idempotent secrets.yaml '["users"][0]'`, "remove a list element, if it is there"],
  ],
  run,
};

async function run(args: Args, io: Io): Promise<number> {
  const many = args.has("file");
  const [file, path, ...more] = many ? ["", ...args.positionals] : args.positionals;
  if (file === undefined || path === undefined || more.length > 0)
    throw new SopsError(
      "NO_FILE",
      many ? "beside --file, unset needs a path" : "unset needs a file and a path",
      {
        hint: `for example: enc unset ${many ? "--file secrets.yaml" : "secrets.yaml"} '["name"]'`,
      },
    );
  const change: Change = (input) => unset(input.sealed, input.formats, path, input.settings, input.ctx);
  if (many) return (await import("../many/change.ts")).changeMany("unset", args, io, change);
  return changeFile(file, args, io, change);
}
