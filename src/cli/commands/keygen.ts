import { resolve } from "node:path";
import { SopsError } from "../../core/base/errors.ts";
import { keygen } from "../../node/keygen.ts";
import type { Args } from "../args.ts";
import type { CommandModule } from "../command.ts";
import type { Io } from "../io.ts";
import { IN_PLACE } from "../options.ts";

export const command: CommandModule = {
  operands: "",
  options: IN_PLACE.filter(({ long }) => long === "output"),
  notes: "the secret key stays in the file, readable by you alone; give the recipient (age1...) to others",
  examples: [
    ["enc keygen", "write the key where enc and sops look for it, print its recipient"],
    ["enc keygen --output team.key", "write it to another file, - for stdout"],
  ],
  run,
};

async function run(args: Args, io: Io): Promise<number> {
  if (args.positionals.length > 0)
    throw new SopsError("USAGE", "keygen takes no operand", { hint: "name the file with --output" });
  const output = args.text("output");
  const path = output === undefined || output === "-" ? output : resolve(io.cwd, output);
  const { recipient, file, text } = await keygen({ host: await io.host(), now: new Date(), output: path });
  if (file === null) io.writeOut(text);
  else {
    io.note(`the key is in ${file}`);
    io.writeOut(`${recipient}\n`);
  }
  return 0;
}
