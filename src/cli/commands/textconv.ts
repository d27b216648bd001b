import { SopsError } from "../../core/base/errors.ts";
import { textconv } from "../../ops/textconv.ts";
import type { Args } from "../args.ts";
import type { CommandModule } from "../command.ts";
import { opsContext } from "../context.ts";
import { inputFormat } from "../formats.ts";
import type { Io } from "../io.ts";
import { ALL_KEYS, TYPES } from "../options.ts";
import { inInput, read } from "../place.ts";
import { errorText } from "../ui.ts";

export const command: CommandModule = {
  operands: "file",
  options: [...TYPES.filter(({ long }) => long === "input-type"), ALL_KEYS],
  notes:
    "prints the plain text where an age key is at hand in a file or a variable, else which values changed; asks nothing,\n" +
    "dials nothing, runs nothing and never fails. --all-keys: key servers, gpg, plugins and key commands are used, too",
  examples: [
    ["git config diff.enc.textconv 'enc textconv'", "once per clone"],
    ["git config diff.enc.textconv 'enc textconv --all-keys'", "the same where you trust who can push"],
    ["echo '*.enc.yaml diff=enc' >> .gitattributes", "once per repository"],
  ],
  run,
};

/** What is larger nobody reads as a diff, and git waits meanwhile. */
const MOST_BYTES = 64 * 1024 * 1024;

/** A driver that fails would keep git from showing any diff: trouble is told on stderr, and the exit code is 0. */
async function run(args: Args, io: Io): Promise<number> {
  const file = args.fileOrStdin();
  try {
    const bytes = await inInput(file, () => read(file, io, MOST_BYTES));
    const input = await inputFormat(args, file, { sealed: bytes });
    io.writeOut(
      await textconv(bytes, input, args.has("all-keys") ? "everywhere" : "here", await opsContext(args, io)),
    );
  } catch (error) {
    if (!(error instanceof SopsError)) throw error;
    io.writeErr(errorText(error, io.color));
  }
  return 0;
}
