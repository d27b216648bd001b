import { chmodSync, closeSync, constants, openSync, write } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { errnoOf, isOutOfFiles } from "./errno.ts";
import { systemProgram } from "./system-program.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Milliseconds between two looks for a reader: short at first, as most commands read at once. */
const FIRST_PAUSE = 1;
const LONGEST_PAUSE = 50;

/** Milliseconds until a full pipe is tried again. Most secrets fit into an empty one (64 KiB on Linux, 16 on macOS). */
const FULL_PAUSE = 2;

export interface ServeOptions {
  /** Where the FIFO stands. */
  readonly path: string;
  /** A folder for us alone, on the same file system. */
  readonly spares: string;
  readonly env: Environment;
}

/**
 * Offers `bytes` as a FIFO of mode 0600: they are on no disk, and each process that opens the path gets them from the
 * beginning. A FIFO alone serves one reader, and a second one waits for ever; here each reader that comes keeps the FIFO
 * that it opened, and a fresh one takes its name. Answers what ends the offer, or null where no FIFO can be made.
 * We look for a reader again and again: to wait for one in the system is to be stuck when somebody removes the FIFO.
 */
export async function serveFifo(
  bytes: Uint8Array,
  options: ServeOptions,
): Promise<(() => Promise<void>) | null> {
  if (!(await makeFifo(options.path, options.env))) return null;
  const stop = new AbortController();
  const served = serve(bytes, options, stop.signal);
  return async () => {
    stop.abort();
    await served;
  };
}

/**
 * Node cannot make a FIFO; the program is a part of POSIX. Its mode is set here: without /proc `mkfifo -m` makes one, and
 * fails. Where it is made nobody else may go.
 */
async function makeFifo(path: string, env: Environment): Promise<boolean> {
  if (process.platform === "win32") return false;
  const { code } = await systemProgram("mkfifo", [path], "ignored", env["PATH"]);
  if (code === 0) chmodSync(path, 0o600);
  return code === 0;
}

/** Before a reader comes, as it takes a file that we may open. With too many of them a delivery that ends makes room. */
async function makeSpare(path: string, env: Environment, stop: AbortSignal): Promise<boolean> {
  if (await makeFifo(path, env)) return true;
  await pauseFor(LONGEST_PAUSE, stop);
  return await makeFifo(path, env);
}

/** Until it is stopped, or the command has removed the FIFO or its folder: then nobody can ask any more. */
async function serve(bytes: Uint8Array, options: ServeOptions, stop: AbortSignal): Promise<void> {
  const deliveries: Promise<void>[] = [];
  for (let n = 1; !stop.aborted; n++) {
    const spare = join(options.spares, String(n));
    const isMade = await makeSpare(spare, options.env, stop);
    const fd = await openForReader(options.path, stop);
    if (fd === null) break;
    // Before the first byte: a second reader of one FIFO would take bytes from the first.
    const replaced =
      isMade &&
      (await rename(spare, options.path).then(
        () => true,
        () => false,
      ));
    // Nobody serves it any more: a second reader is to fail, and not to wait for ever.
    if (!replaced) await rm(options.path, { force: true });
    deliveries.push(deliver(fd, bytes, stop));
    if (!replaced) break;
  }
  await Promise.all(deliveries);
}

/** A descriptor to write to as soon as somebody has opened the FIFO to read; null: nobody will. */
async function openForReader(path: string, stop: AbortSignal): Promise<number | null> {
  for (let pause = FIRST_PAUSE; !stop.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    try {
      return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (error) {
      // With too many files open a delivery that ends makes room.
      if (errnoOf(error) !== "ENXIO" && !isOutOfFiles(error)) return null;
    }
    await pauseFor(pause, stop);
  }
  return null;
}

/** Closes `fd`. A reader that has enough closes its end: that is its right. */
async function deliver(fd: number, bytes: Uint8Array, stop: AbortSignal): Promise<void> {
  try {
    for (let at = 0; at < bytes.length && !stop.aborted;) {
      const written = await writeSome(fd, bytes.subarray(at));
      if (written === null) return;
      if (written === 0) await pauseFor(FULL_PAUSE, stop);
      at += written;
    }
  } finally {
    closeSync(fd);
  }
}

/** How many bytes the pipe took; 0: it is full; null: nobody reads any more. */
function writeSome(fd: number, bytes: Uint8Array): Promise<number | null> {
  return new Promise((resolve) => {
    write(fd, bytes, (error, written) => {
      if (error === null) resolve(written);
      else resolve(errnoOf(error) === "EAGAIN" ? 0 : null);
    });
  });
}

async function pauseFor(ms: number, stop: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal: stop }).catch(() => undefined);
}
