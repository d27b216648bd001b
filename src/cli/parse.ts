import { SopsError } from "../core/base/errors.ts";
import { Args, fromEnvironment } from "./args.ts";
import type { CommandModule } from "./command.ts";
import type { Io } from "./io.ts";
import { normalize, type FlagTable } from "./normalize.ts";
import { GLOBAL_OPTIONS, type OptionSpec, SELECTORS } from "./options.ts";
import { readWords } from "./words.ts";

/** Parses what follows (and precedes) a command word. Throws USAGE, or HelpShown after printing the help. */
export async function parseArgs(
  name: string,
  summary: string,
  module: CommandModule,
  argv: readonly string[],
  table: FlagTable,
  io: Io,
): Promise<Args> {
  const { words, rest } = normalize(argv, table);
  const specs = [...module.options, ...GLOBAL_OPTIONS];
  const { flags, operands } =
    readWords(words, specs) ??
    (await import("./commander.ts")).askCommander(name, summary, module, specs, words, io);
  if (!io.asSops) refuseEmptyValues(specs, flags);
  return new Args(fromEnvironment(specs, flags, io.env), operands, rest);
}

/**
 * Of the first two the command itself says what is missing, with the exit code of sops; without a value of the others the
 * default holds, which seals more, or tries keys in another order.
 */
const MAY_BE_EMPTY: ReadonlySet<string> = new Set([
  ...["extract", "file", "decryption-order"],
  ...SELECTORS.map(({ long }) => long),
]);

/**
 * For sops an empty value is an absent flag: `--rm-age "$OLD"` removes nobody, `--output "$OUT"` prints the plain text,
 * where the variable is not set. Throws USAGE.
 */
function refuseEmptyValues(
  specs: readonly OptionSpec[],
  given: ReadonlyMap<string, readonly string[]>,
): void {
  const empty = specs.find(
    ({ long, value }) =>
      value !== undefined && !MAY_BE_EMPTY.has(long) && given.get(long)?.includes("") === true,
  );
  if (empty === undefined) return;
  throw new SopsError("USAGE", `--${empty.long} has an empty value`, {
    hint: "is a variable of your script not set? Else leave the flag out",
  });
}
