import { SopsError } from "../../core/base/errors.ts";
import { addGroup } from "../../ops/groups.ts";
import type { Args } from "../args.ts";
import type { CommandModule } from "../command.ts";
import { changeGroupsOf, GROUP_OPTIONS } from "../groups.ts";
import type { Io } from "../io.ts";
import { keysFromFlags } from "../keys.ts";
import { GROUP_KEYS } from "../options.ts";

export const command: CommandModule = {
  operands: "",
  options: [...GROUP_OPTIONS, ...GROUP_KEYS],
  notes:
    "with several groups the data key is split: as many groups as the threshold says are needed to open the file,\n" +
    "all of them where it says nothing. One key of a group is enough for the group. The data key stays: whoever could open\n" +
    "the file alone has it until enc rotate draws another",
  examples: [
    ["enc groups add -i --file secrets.yaml --age age1... --pgp FINGERPRINT", "one more group, of two keys"],
    [
      "enc groups add -i -f secrets.yaml --age age1... --shamir-secret-sharing-threshold 2",
      "and any two groups open the file",
    ],
  ],
  run,
};

async function run(args: Args, io: Io): Promise<number> {
  if (args.positionals.length > 0)
    throw new SopsError("USAGE", "groups add takes no operand", { hint: "name the file with --file" });
  return changeGroupsOf(args, io, async ({ sealed, format, threshold, ctx }) => {
    await ctx.providers.load?.();
    return addGroup(sealed, format, keysFromFlags(args, ctx.providers), threshold, ctx);
  });
}
