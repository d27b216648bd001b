import { writeSync } from "node:fs";
import type { Host } from "../core/ports/host.ts";
import { errnoOf, reasonOf } from "../node/errno.ts";
import { SopsError } from "../core/base/errors.ts";
import type { Command, ExecOptions } from "../node/exec.ts";
import { endBy, onEnd } from "../node/on-signal.ts";
import { gather } from "../node/read-file.ts";
import { BrokenPipe } from "./broken-pipe.ts";
import { isCalledSops } from "./called.ts";
import { noteText } from "./ui.ts";

/** The world of one run of the command line. Tests bring their own. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Throws USAGE where a word of the command line did not arrive as it was written. See node/lost-bytes. */
  refuseLostBytes(words: readonly string[]): Promise<void>;
  /** Is the program called by the name `sops`? */
  readonly asSops: boolean;
  /** All of stdin. */
  readStdin(): Promise<Uint8Array>;
  /** One line of stdin, its end cut off; null where there is no more, or `signal` ends the wait. */
  readLine(signal?: AbortSignal): Promise<string | null>;
  /** Throws CANNOT_WRITE where stdout is closed or full, BrokenPipe where its reader has left. */
  writeOut(bytes: Uint8Array | string): void;
  writeErr(text: string): void;
  /** A note or a warning: `--quiet` silences it. */
  note(message: string): void;
  /** May colours be used on stderr? */
  readonly color: boolean;
  /** The world as key providers see it; made when a command first needs one. */
  host(): Promise<Host>;
  /** Aborted when a signal ends this process; it ends right after. For what a signal does not end: child processes. */
  interruption(): AbortSignal;
  /** Ends this process by the signal that ended its child. */
  dieBy(signal: NodeJS.Signals): void;
  /** Makes this process one of another user, for good; answers the variables that name them. See node/become-user. */
  becomeUser(name: string): Promise<readonly (readonly [string, string])[]>;
  /** Runs a command in place of this process; answers, false, only where the runtime cannot. See node/replace-process. */
  replaceProcess(command: Command, options: ExecOptions): Promise<false>;
}

/** The process itself. */
export function processIo(): Io {
  const cwd = workingDirectory();
  return {
    env: process.env,
    cwd,
    async refuseLostBytes(words) {
      // Of hardly any run: what is not needed is not loaded.
      if (![cwd, ...words].some((word) => word.includes("\ufffd"))) return;
      (await import("../node/lost-bytes.ts")).refuseLostBytes(words, cwd);
    },
    asSops: isCalledSops(process.argv, process.argv0),
    readStdin,
    readLine: lineReader(),
    writeOut(bytes) {
      try {
        writeAll(1, typeof bytes === "string" ? Buffer.from(bytes) : bytes);
      } catch (cause) {
        if (errnoOf(cause) === "EPIPE") throw new BrokenPipe();
        throw new SopsError("CANNOT_WRITE", `cannot write to stdout: ${reasonOf(cause)}`, {
          hint: "the output is incomplete; write it to a file with --output",
        });
      }
    },
    writeErr,
    note(message) {
      writeErr(noteText(message));
    },
    // Asked only when something is wrong: what stderr is costs a few milliseconds at every start.
    get color() {
      const { NO_COLOR: no, TERM: term } = process.env;
      return process.stderr.isTTY && (no ?? "") === "" && term !== "dumb";
    },
    host: async () => (await import("../node/host.ts")).nodeHost(),
    interruption,
    dieBy: endBy,
    becomeUser: async (name) => (await import("../node/become-user.ts")).becomeUser(name),
    replaceProcess: async (command, options) =>
      (await import("../node/replace-process.ts")).replaceProcess(command, options),
  };
}

/** One that was removed still has its name, below which nothing is; what has an absolute name is found all the same. */
function workingDirectory(): string {
  try {
    return process.cwd();
  } catch {
    return process.env["PWD"] ?? "/";
  }
}

function writeErr(text: string): void {
  try {
    writeAll(2, Buffer.from(text));
  } catch {
    // Nobody is left to hear it.
  }
}

async function readStdin(): Promise<Uint8Array> {
  try {
    return await gather(process.stdin);
  } catch (cause) {
    throw new SopsError("CANNOT_READ", `cannot read stdin: ${reasonOf(cause)}`, {
      hint: "name a file instead",
    });
  }
}

/** Keeps what came after the line: it is the next answer. */
function lineReader(): Io["readLine"] {
  let rest = "";
  return (signal) =>
    new Promise((resolve) => {
      // Not before a line is asked for: to look at `process.stdin` opens it, which costs each start some milliseconds.
      const { stdin } = process;
      // A paused pipe may still be read ahead, which would keep the process from ending. A file has neither.
      const handle: { ref?(): unknown; unref?(): unknown } = stdin;
      const done = (line: string | null): void => {
        stdin.off("data", onData).off("end", onEnd).off("error", onEnd).pause();
        handle.unref?.();
        signal?.removeEventListener("abort", onEnd);
        resolve(line);
      };
      const onEnd = (): void => {
        done(null);
      };
      const takeLine = (): void => {
        const at = rest.indexOf("\n");
        if (at < 0) return;
        const line = rest.slice(0, at).replace(/\r$/, "");
        rest = rest.slice(at + 1);
        done(line);
      };
      const onData = (chunk: Buffer): void => {
        rest += chunk.toString();
        takeLine();
      };
      if (rest.includes("\n")) takeLine();
      else if (stdin.readableEnded || stdin.destroyed || signal?.aborted === true) resolve(null);
      else {
        signal?.addEventListener("abort", onEnd);
        handle.ref?.();
        stdin.on("data", onData).on("end", onEnd).on("error", onEnd).resume();
      }
    });
}

function interruption(): AbortSignal {
  const controller = new AbortController();
  onEnd(() => {
    controller.abort();
  });
  return controller.signal;
}

/** Synchronous, as nothing is left to do meanwhile; a full pipe that does not block is tried again. */
function writeAll(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      if (errnoOf(error) !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }
  }
}
