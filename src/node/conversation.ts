import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { parse } from "node:path";
import type { Readable, Writable } from "node:stream";
import type { Conversation } from "../core/ports/host.ts";
import { childEnvironment, type Environment } from "./child-environment.ts";
import { cannotRun } from "./run-program.ts";

/** Milliseconds that a program has to end after it was interrupted. */
const PATIENCE = 2000;

type Talker = ChildProcess & { readonly stdin: Writable; readonly stdout: Readable };

/**
 * Starts a program to talk with. It runs in the root directory: a program that answers questions about keys must not
 * be found in, nor depend on, whatever directory enc was called in. Its stderr is not shown, as age does not show that
 * of its plugins, unless AGEDEBUG=plugin. Throws EXEC where it cannot be started.
 */
export async function converse(
  argv: readonly string[],
  environment: Environment,
  signal?: AbortSignal,
): Promise<Conversation> {
  const child = await start(argv, environment, signal);
  const chunks = child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
  return {
    write: (bytes) => write(child.stdin, bytes),
    async read() {
      const { value } = await chunks.next();
      return value === undefined ? null : new Uint8Array(value);
    },
    close: () => end(child),
  };
}

async function start(argv: readonly string[], env: Environment, signal?: AbortSignal): Promise<Talker> {
  const [program = "", ...args] = argv;
  const stderr = env["AGEDEBUG"] === "plugin" ? "inherit" : "ignore";
  const cwd = parse(process.execPath).root;
  signal?.throwIfAborted();
  try {
    const child = spawn(program, args, {
      cwd,
      env: childEnvironment(env, program),
      windowsHide: true,
      signal,
      stdio: ["pipe", "pipe", stderr],
    });
    // An aborted signal ends the program and is reported here too: whoever gave the signal knows.
    child.on("error", () => undefined);
    await once(child, "spawn");
    // A program that has ended closes its pipe: that shows in what it said.
    child.stdin.on("error", () => undefined);
    return child;
  } catch (cause) {
    signal?.throwIfAborted();
    throw cannotRun(program, cause);
  }
}

function write(stdin: Writable, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    stdin.write(bytes, () => {
      resolve();
    });
  });
}

async function end(child: Talker): Promise<void> {
  child.stdin.end();
  child.stdout.destroy();
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGINT");
  const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
  await ended;
  clearTimeout(timer);
}
