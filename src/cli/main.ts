import { SopsError } from "../core/base/errors.ts";
import { loadingFailure } from "../core/ports/load-sdk.ts";
import { BrokenPipe } from "./broken-pipe.ts";
import { exitCodeOf, phaseOf } from "./exit-codes.ts";
import { findCall } from "./find-call.ts";
import type { Io } from "./io.ts";
import { flagTable, normalize } from "./normalize.ts";
import { ALL_OPTIONS } from "./options.ts";
import { HelpShown } from "./help-shown.ts";
import { quietIo } from "./quiet.ts";
import { errorText } from "./ui.ts";
import { wordsOfSops } from "./words-of-sops.ts";

/** What a shell sees of a program that SIGPIPE ended, as it ends sops: 128 and its number. */
const BROKEN_PIPE = 141;

/** One run of the command line, `argv` without the program's own name. Answers the exit code; never throws. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  // Asked of the words themselves: the error may be that they cannot be parsed.
  const table = flagTable(ALL_OPTIONS);
  const { words } = normalize(argv, table);
  let command: string | undefined;
  try {
    await io.refuseLostBytes(argv);
    const call = findCall(argv, table, words.includes("--quiet") ? quietIo(io) : io);
    command = call.name;
    return await call.run();
  } catch (thrown) {
    if (thrown instanceof HelpShown) return 0;
    if (thrown instanceof BrokenPipe) return BROKEN_PIPE;
    const { error: told, phase } = phaseOf(thrown);
    const error = loadingFailure(told) ?? told;
    const theirs = io.asSops && error instanceof SopsError ? wordsOfSops(error) : undefined;
    io.writeErr(
      theirs === undefined ? errorText(error, io.color, words.includes("--verbose")) : `${theirs}\n`,
    );
    return error instanceof SopsError ? exitCodeOf(error.code, command, phase) : 1;
  }
}
