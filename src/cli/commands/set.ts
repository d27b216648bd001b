import { fromUtf8 } from "../../core/base/bytes.ts";
import { SopsError } from "../../core/base/errors.ts";
import { refuseEmptyName } from "../../node/empty-name.ts";
import { set } from "../../ops/set.ts";
import type { Args } from "../args.ts";
import { CHANGE_OPTIONS, type Change, changeFile } from "../change.ts";
import type { CommandModule } from "../command.ts";
import { during } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { SET_VALUE } from "../options.ts";
import { inInput, read } from "../place.ts";

export const command: CommandModule = {
  operands: "file path [value] | --file file|folder|glob ... path [value]",
  options: [...SET_VALUE, ...CHANGE_OPTIONS],
  notes:
    'the path is \'["a"]["b"][0]\' as in sops, or a.b[0] for short. The value is JSON: a string needs its quotes.\n' +
    "What stands on the command line can be seen by others (ps, the shell's history): give secrets with\n" +
    "--value-stdin or --value-file",
  examples: [
    [`enc set secrets.yaml '["database"]["port"]' 5432`, "set a number"],
    [`enc set --file env/ '["port"]' 5432`, "in every encrypted file of a folder, all or none"],
    [`jq -R . password.txt | enc set --value-stdin secrets.yaml '["password"]'`, "set a secret string"],
  ],
  run,
};

async function run(args: Args, io: Io): Promise<number> {
  const fromStdin = args.has("value-stdin");
  if (fromStdin && args.has("value-file"))
    throw new SopsError("USAGE", "--value-stdin and --value-file exclude each other", {
      hint: "give one of the two",
    });
  const many = args.has("file");
  const [file, path, value, ...more] = many ? ["", ...args.positionals] : args.positionals;
  if (file === undefined || path === undefined || (value === undefined) !== fromStdin || more.length > 0)
    throw wrongCount(fromStdin, many);
  const json = await valueOf(value, args, io);
  const change: Change = (input) => set(input.sealed, input.formats, path, json, input.settings, input.ctx);
  if (many) return (await import("../many/change.ts")).changeMany("set", args, io, change);
  return changeFile(file, args, io, change);
}

function valueOf(value: string | undefined, args: Args, io: Io): Promise<string> {
  if (value !== undefined && !args.has("value-file")) return Promise.resolve(value);
  if (value !== undefined) refuseEmptyName(value);
  const text = async (): Promise<string> => fromUtf8(await read(value, io).catch(noValueFile));
  return during("reading a value", () => inInput(value, text));
}

function noValueFile(error: unknown): never {
  if (!(error instanceof SopsError) || error.code !== "FILE_NOT_FOUND") throw error;
  throw new SopsError(error.code, error.message, {
    hint: "--value-file takes the name of a file, not a value",
  });
}

function wrongCount(fromStdin: boolean, many: boolean): SopsError {
  const what = many ? "beside --file, set needs" : "set needs a file,";
  const file = many ? "--file secrets.yaml" : "secrets.yaml";
  return new SopsError("NO_FILE", `${what} a path${fromStdin ? "" : " and a value"}`, {
    hint: `for example: enc set ${file} '["name"]' ${fromStdin ? "--value-stdin" : `'"value"'`}`,
  });
}
