import { SopsError } from "../core/base/errors.ts";
import { closest } from "../core/base/suggest.ts";
import { type FlagTable, firstUnknown } from "./normalize.ts";

const HELP = "enc --help lists the commands, enc <command> --help their flags";

/**
 * The error that names the first flag of `words` which no command knows; undefined where every flag is known. What
 * stands behind its `=` is not shown: it may be a secret.
 */
export function unknownFlag(
  words: readonly string[],
  table: FlagTable,
  commands: Iterable<string>,
): SopsError | undefined {
  const [flag] = firstUnknown(words, table)?.split("=") ?? [];
  if (flag === undefined) return undefined;
  return new SopsError("USAGE", `unknown flag ${flag}`, { hint: hintFor(flag, table, commands) });
}

function hintFor(flag: string, table: FlagTable, commands: Iterable<string>): string {
  const name = flag.replace(/^--?/, "");
  // One letter is as near to every other.
  if (name.length < 2) return HELP;
  const shown = [...table.byLong.values()].filter(({ hidden }) => hidden !== true).map(({ long }) => long);
  const near = closest(name, [...shown, "help", "version"]);
  if (near !== undefined) return `did you mean --${near}? ${HELP}`;
  const command = closest(name, commands);
  return command === undefined ? HELP : `did you mean the command: enc ${command}?`;
}
