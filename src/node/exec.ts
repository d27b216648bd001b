import { spawn, type ChildProcess } from "node:child_process";
import { constants } from "node:os";
import { isatty } from "node:tty";
import { SopsError } from "../core/errors.ts";
import { reasonOf } from "./errno.ts";
import { leaveSignals } from "./on-signal.ts";

/** What to run: a program with its arguments and no shell, or one line for the system's shell. */
export type Command = { readonly argv: readonly string[] } | { readonly shell: string };

export interface ExecOptions {
  readonly cwd: string;
  /** All of the child's environment; of two entries with one name the later counts. */
  readonly env: readonly (readonly [string, string])[];
}

/** How the child ended: its exit code (128 + n for signal n, as shells have it), and the signal that ended it. */
export interface ExecResult {
  readonly code: number;
  readonly signal: NodeJS.Signals | null;
}

/** Runs a command on our stdin, stdout and stderr, hands signals on to it and waits. Throws EXEC where it cannot start. */
export async function exec(command: Command, options: ExecOptions): Promise<ExecResult> {
  const [program, ...args] = argvOf(command);
  if (program === undefined)
    throw new SopsError("EXEC", "there is no command to run", { hint: "name one after --" });
  return await new Promise((resolve, reject) => {
    const child = start(program, args, "shell" in command, options);
    const stop = forwardSignals(child);
    child.on("error", (cause) => {
      stop();
      reject(cannotStart(program, cause));
    });
    child.on("exit", (code, signal) => {
      stop();
      resolve({ code: code ?? 128 + (signal === null ? 0 : constants.signals[signal]), signal });
    });
  });
}

/** sops' shells: `/bin/sh -c`, on Windows `cmd.exe /C`. */
function argvOf(command: Command): readonly string[] {
  if ("argv" in command) return command.argv;
  return process.platform === "win32" ? ["cmd.exe", "/C", command.shell] : ["/bin/sh", "-c", command.shell];
}

function start(program: string, args: string[], isShell: boolean, options: ExecOptions): ChildProcess {
  const env: NodeJS.ProcessEnv = Object.create(null) as NodeJS.ProcessEnv;
  for (const [name, value] of options.env) env[name] = value;
  try {
    // cmd.exe has its own quoting: the line must reach it as it is.
    return spawn(program, args, {
      cwd: options.cwd,
      env,
      stdio: "inherit",
      windowsVerbatimArguments: isShell,
    });
  } catch (cause) {
    throw cannotStart(program, cause);
  }
}

/**
 * Signals meant for us are meant for the child. What a terminal sends (Ctrl-C, Ctrl-\) has reached the child already,
 * as it is in the same process group: it is only kept from ending us before the child.
 */
function forwardSignals(child: ChildProcess): () => void {
  const fromTerminal = isatty(0) ? new Set<string>(["SIGINT", "SIGQUIT"]) : new Set<string>();
  const forward = (signal: NodeJS.Signals): void => {
    if (!fromTerminal.has(signal)) child.kill(signal);
  };
  const signals = process.platform === "win32" ? WINDOWS_SIGNALS : FORWARDED;
  for (const signal of signals) process.on(signal, forward);
  const takeBack = leaveSignals();
  return () => {
    takeBack();
    for (const signal of signals) process.off(signal, forward);
  };
}

const FORWARDED = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const;
const WINDOWS_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

function cannotStart(program: string, cause: unknown): SopsError {
  return new SopsError("EXEC", `cannot run ${program}: ${reasonOf(cause)}`, {
    hint: "check the name and the PATH; for a line with pipes or variables give it as one quoted argument",
  });
}
