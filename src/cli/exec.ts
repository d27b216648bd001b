import { SopsError } from "../core/base/errors.ts";
import type { Command, ExecOptions, ExecResult } from "../node/exec.ts";
import { refuseEmptyName } from "../node/empty-name.ts";
import { inheritsBytes } from "../node/spawn-inheriting.ts";
import type { Args } from "./args.ts";
import type { Io } from "./io.ts";

/**
 * The file and the command of exec-env and exec-file: sops' form, a file and one line for the shell, or ours, a program
 * with arguments behind `--`, with no shell. File undefined: `-`, stdin. One word behind `--` is a line for the shell: sops reads it so.
 */
export function execOperands(
  args: Args,
  name: string,
): { readonly file: string | undefined; readonly command: Command } {
  const { operands, rest } = args;
  const [named, line, ...more] = args.positionals;
  if (named !== undefined) refuseEmptyName(named);
  if (line?.trim() === "") throw noCommand();
  const file = named === undefined ? undefined : { name: named === "-" ? undefined : named };
  if (file !== undefined && line !== undefined && more.length === 0)
    return { file: file.name, command: { shell: line } };
  if (file !== undefined && operands.length === 1 && rest !== undefined && rest.length > 0)
    return { file: file.name, command: { argv: rest } };
  throw new SopsError("USAGE", `${name} needs a file and a command`, {
    hint: `put -- before a command with arguments: enc ${name} app.env -- npm start`,
  });
}

/** The shell would do nothing, and that with success. */
function noCommand(): SopsError {
  return new SopsError("USAGE", "the command is empty", {
    hint: "is a variable of your script not set?",
  });
}

/** What a command runs with. As in sops the present environment comes first, then `--user`, then the file: the last counts. */
export async function execOptions(
  args: Args,
  io: Io,
  values: ExecOptions["env"] = [],
): Promise<ExecOptions & { readonly ownEnv: Io["env"] }> {
  const user = args.text("user");
  const named = user === undefined || user === "" ? [] : await io.becomeUser(user);
  const pristine = args.has("pristine");
  const own = pristine
    ? []
    : Object.entries(io.env).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value] as const],
      );
  const inherits = !pristine && io.env === process.env;
  if (inherits && "bun" in process.versions && inheritsBytes())
    io.note("an inherited variable is not UTF-8: the command gets U+FFFD in place of such bytes");
  return {
    cwd: io.cwd,
    env: [...own, ...named, ...values],
    onTop: inherits ? [...named, ...values] : undefined,
    // The folder of root's own session is closed to the user that we may be now.
    ownEnv: named.length === 0 ? io.env : { ...io.env, XDG_RUNTIME_DIR: undefined },
  };
}

/** Ends as the command ended: with its exit code, or by its signal. */
export function mirror({ code, signal }: ExecResult, io: Io): number {
  if (signal !== null) io.dieBy(signal);
  return code;
}
