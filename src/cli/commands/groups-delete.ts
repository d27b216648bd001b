import { SopsError } from "../../core/base/errors.ts";
import { deleteGroup } from "../../ops/groups.ts";
import type { Args } from "../args.ts";
import type { CommandModule } from "../command.ts";
import { changeGroupsOf, GROUP_OPTIONS } from "../groups.ts";
import type { Io } from "../io.ts";
import { SHAMIR_THRESHOLD } from "../options.ts";

export const command: CommandModule = {
  operands: "index",
  options: [...GROUP_OPTIONS, SHAMIR_THRESHOLD],
  notes: "groups are counted from 0: group 0 is the one that enc updatekeys lists as Group 1, as sops does",
  examples: [
    ["enc groups delete -i --file secrets.yaml 0", "without its first group"],
    [
      "enc groups delete -i -f secrets.yaml 2 --shamir-secret-sharing-threshold 2",
      "where too few groups would be left for the old threshold",
    ],
  ],
  run,
};

async function run(args: Args, io: Io): Promise<number> {
  const index = indexOf(args);
  return changeGroupsOf(args, io, ({ sealed, format, threshold, ctx }) =>
    deleteGroup(sealed, format, index, threshold, ctx),
  );
}

function indexOf(args: Args): number {
  const [text, ...more] = args.positionals;
  if (text !== undefined && more.length === 0 && /^\d{1,9}$/.test(text)) return Number(text);
  throw new SopsError("USAGE", "groups delete needs the number of one group", {
    hint: "for example: enc groups delete -i --file secrets.yaml 0",
  });
}
