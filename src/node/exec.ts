import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { constants } from "node:os";
import { isatty } from "node:tty";
import { SopsError } from "../core/base/errors.ts";
import { hintFor, reasonOf } from "./errno.ts";
import { inheritsBytes, spawnInheriting } from "./spawn-inheriting.ts";
import { leaveSignals } from "./on-signal.ts";

/** What to run: a program with its arguments and no shell, or one line for the system's shell. */
export type Command = { readonly argv: readonly string[] } | { readonly shell: string };

export interface ExecOptions {
  readonly cwd: string;
  /** All of the child's environment; of two entries with one name the later counts. */
  readonly env: readonly (readonly [string, string])[];
  /** Where the child inherits all of this process's environment: what of `env` is put on top of it. */
  readonly onTop?: readonly (readonly [string, string])[] | undefined;
}

/** How the child ended: its exit code (128 + n for signal n, as shells have it), and the signal that ended it. */
export interface ExecResult {
  readonly code: number;
  readonly signal: NodeJS.Signals | null;
}

/** Runs a command on our stdin, stdout and stderr, hands signals on to it and waits. Throws EXEC where it cannot start. */
export async function exec(command: Command, options: ExecOptions): Promise<ExecResult> {
  return await new Promise((resolve, reject) => {
    const child = start(command, options, "inherit");
    const stop = forwardSignals(child);
    let running = false;
    child.on("spawn", () => {
      running = true;
    });
    child.on("error", (cause) => {
      // A signal that could not be handed on: the command has become another user's (sudo), and it is waited for.
      if (running) return;
      stop();
      reject(cannotStart(argvOf(command)[0], cause));
    });
    child.on("exit", (code, signal) => {
      stop();
      resolve({ code: code ?? 128 + (signal === null ? 0 : constants.signals[signal]), signal });
    });
  });
}

/** Starts a command with no stdin, stdout and stderr, and leaves it to itself. Throws EXEC where it cannot start. */
export async function execInBackground(command: Command, options: ExecOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const child = start(command, options, "ignore");
    child.on("error", (cause) => {
      reject(cannotStart(argvOf(command)[0], cause));
    });
    child.on("spawn", () => {
      child.unref();
      resolve();
    });
  });
}

/** sops' shells: `/bin/sh -c`, on Windows `cmd.exe /C`. Throws EXEC for no command at all. */
export function argvOf(command: Command): readonly [string, ...string[]] {
  if ("shell" in command)
    return process.platform === "win32" ? ["cmd.exe", "/C", command.shell] : ["/bin/sh", "-c", command.shell];
  const [program, ...args] = command.argv;
  if (program !== undefined) return [program, ...args];
  throw new SopsError("EXEC", "there is no command to run", { hint: "name one after --" });
}

/** The environment as an object, without a prototype that a name such as `__proto__` could reach. */
export function environmentFrom(entries: ExecOptions["env"]): Record<string, string> {
  const env = Object.create(null) as Record<string, string>;
  const spelled = new Map<string, string>();
  for (const [name, value] of entries) {
    // Windows knows Path and PATH as one name: the earlier spelling stays, as the later would be a second entry.
    const key = process.platform === "win32" ? name.toUpperCase() : name;
    const first = spelled.get(key) ?? name;
    spelled.set(key, first);
    env[first] = value;
  }
  return env;
}

function start(command: Command, options: ExecOptions, stdio: StdioOptions): ChildProcess {
  const [program, ...args] = argvOf(command);
  const { cwd, onTop } = options;
  try {
    if (onTop !== undefined && inheritsBytes())
      return spawnInheriting([program, ...args], onTop, { cwd, stdio });
    const env = environmentFrom(options.env);
    // cmd.exe has its own quoting: the line must reach it as it is.
    return spawn(program, args, { cwd, env, stdio, windowsVerbatimArguments: "shell" in command });
  } catch (cause) {
    throw cannotStart(program, cause);
  }
}

/**
 * Signals meant for us are meant for the child. What a terminal sends (Ctrl-C, Ctrl-\) has reached the child already,
 * as it is in the same process group: it is only kept from ending us before the child.
 */
function forwardSignals(child: ChildProcess): () => void {
  const fromTerminal = [0, 1, 2].some((fd) => isatty(fd))
    ? new Set<string>(["SIGINT", "SIGQUIT"])
    : new Set<string>();
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

/** `cause` is read for its code only: the errors of the runtime quote the environment. */
export function cannotStart(program: string, cause: unknown): SopsError {
  return new SopsError("EXEC", `cannot run ${program}: ${reasonOf(cause)}`, {
    hint: hintFor(
      cause,
      "check the name and the PATH; for a line with pipes or variables give it as one quoted argument",
    ),
  });
}
