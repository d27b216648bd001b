import type { ChildProcess } from "node:child_process";
import { constants } from "node:os";
import { SopsError } from "../core/base/errors.ts";
import type { RunOptions, RunResult } from "../core/ports/host.ts";
import { childEnvironment, type Environment } from "./child-environment.ts";
import { hintFor, isOutOfFiles, reasonOf } from "./errno.ts";

/** How much of a program's stderr is kept for the result. Where it is shown, the user sees all of it. */
const STDERR_KEPT = 64 * 1024;
/** A program prints a key, or a few: one that prints more than this never ends. */
const STDOUT_MOST = 16 * 1024 * 1024;

/**
 * Runs a program without a shell, with `options.env` on top of `environment`, whose secrets it gets only where the options
 * say so. Its stdin is `options.input` or nothing
 * (what is piped into enc is enc's), its stdout is collected, its stderr is kept and goes to ours unless the options
 * say "collect".
 * A program that signal n ended has code 128 + n. Throws EXEC where it cannot be started or prints without end, and the reason of an
 * aborted signal.
 */
export async function runProgram(
  argv: readonly string[],
  options: RunOptions,
  environment: Environment,
): Promise<RunResult> {
  const child = await start(argv, options, environment);
  const ended = exitCode(child, argv, options.signal);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  let kept = 0;
  let printed = 0;
  // Where too many files are open there are no streams: what fails the program is about to come.
  child.stdout?.on("data", (chunk: Buffer) => {
    printed += chunk.length;
    if (printed <= STDOUT_MOST) stdout.push(chunk);
    else child.kill("SIGKILL");
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    if (options.stderr !== "collect") process.stderr.write(chunk);
    if (kept < STDERR_KEPT) stderr.push(chunk);
    kept += chunk.length;
  });
  // A program that does not read its input closes the pipe: that is its right.
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(options.input);
  const code = await ended;
  if (printed > STDOUT_MOST) throw printsTooMuch(argv[0] ?? "");
  return { code, stdout: plain(stdout), stderr: plain(stderr) };
}

async function start(
  argv: readonly string[],
  options: RunOptions,
  environment: Environment,
): Promise<ChildProcess> {
  const { spawn } = await import("node:child_process");
  const [program = "", ...args] = argv;
  try {
    return spawn(program, args, {
      env: {
        ...(options.secrets === true ? environment : childEnvironment(environment, program)),
        ...options.env,
      },
      windowsHide: true,
      signal: options.signal,
    });
  } catch (cause) {
    // An empty name or a NUL character is refused before anything runs.
    throw cannotRun(program, cause);
  }
}

function exitCode(
  child: ChildProcess,
  argv: readonly string[],
  signal: AbortSignal | undefined,
): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on("error", (error) => {
      reject(signal?.aborted === true ? error : cannotRun(argv[0] ?? "", error));
    });
    child.on("close", (code, name) => {
      resolve(code ?? 128 + (name === null ? 0 : constants.signals[name]));
    });
  });
}

function printsTooMuch(program: string): SopsError {
  return new SopsError("EXEC", `${program} printed more than 16 MiB, and was ended`, {
    hint: "check what it is: a key is short",
  });
}

/** `cause` is the error of the system, which names the program and nothing of its input. */
export function cannotRun(program: string, cause: unknown): SopsError {
  const reason = isOutOfFiles(cause) ? `: ${reasonOf(cause)}` : "";
  return new SopsError("EXEC", `cannot run ${program}${reason}`, {
    hint: hintFor(cause, "check that it is installed and on the PATH"),
    cause,
  });
}

function plain(chunks: readonly Buffer[]): Uint8Array {
  return new Uint8Array(Buffer.concat(chunks));
}
