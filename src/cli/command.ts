import type { Args } from "./args.ts";
import type { Io } from "./io.ts";
import type { OptionSpec } from "./options.ts";

/** What a module under commands/ exports as `command`. */
export interface CommandModule {
  /** Its operands, as the help shows them: `[file]`. */
  readonly operands: string;
  readonly options: readonly OptionSpec[];
  /** Command lines with what they do; shown by `--help`. */
  readonly examples: readonly (readonly [string, string])[];
  /** More for the help: what a newcomer cannot guess. */
  readonly notes?: string;
  /** Answers the exit code; throws SopsError. */
  run(args: Args, io: Io): Promise<number>;
}
