import { argvOf, cannotStart, type Command, environmentFrom, type ExecOptions } from "./exec.ts";
import { findProgram } from "./find-program.ts";
import { inheritsBytes } from "./spawn-inheriting.ts";

/** What `execvp` searches where there is no PATH. */
const DEFAULT_PATH = "/usr/local/bin:/bin:/usr/bin";

/** Ignored by the runtime, and an ignored signal stays ignored over execve: `yes | head` would not end. */
const IGNORED_BY_RUNTIME = ["SIGPIPE", "SIGXFSZ"] as const;

/** Of newer runtimes only: Node 22.15 and 23.11, Bun. */
type Execve = (file: string, argv: readonly string[], env: Readonly<Record<string, string>>) => never;

/**
 * Runs a command in place of this process, which it ends: same process id, same parent, same terminal. Answers only
 * where the runtime has no such call, or not for this environment: false. Throws EXEC where the command cannot start.
 */
export function replaceProcess(command: Command, options: ExecOptions): false {
  const { execve } = process as { readonly execve?: Execve };
  if (execve === undefined || process.platform === "win32") return false;
  // It takes text: bytes that are not UTF-8 reach a child only.
  if (options.onTop !== undefined && inheritsBytes()) return false;
  const [program, ...args] = argvOf(command);
  const env = environmentFrom(options.env);
  const file = program.includes("/") ? program : findProgram(program, env["PATH"] ?? DEFAULT_PATH);
  if (file === null) throw cannotStart(program, Object.assign(new Error(), { code: "ENOENT" }));
  for (const signal of IGNORED_BY_RUNTIME) {
    const nothing = (): void => undefined;
    process.on(signal, nothing).off(signal, nothing);
  }
  try {
    return execve.call(process, file, [program, ...args], env);
  } catch (cause) {
    throw cannotStart(program, cause);
  }
}
