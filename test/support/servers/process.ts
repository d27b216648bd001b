import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface RunningServer {
  readonly port: number;
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  stop(): Promise<void>;
}

export interface ServerCommand {
  readonly program: string;
  readonly args: (port: number) => readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A path that answers 2xx as soon as the server is ready. */
  readonly ready: string;
}

/** Milliseconds that a server may take to be ready: Python imports slowly on a busy machine. */
const START_LIMIT = 90_000;

/**
 * Starts a server on a free loopback port, with a home folder of its own, and waits until it answers. Another process
 * can take the port in between: then the server ends, and another port is tried.
 */
export async function startServer(command: ServerCommand): Promise<RunningServer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOn(await freePort(), command);
    } catch (error) {
      if (attempt === 3) throw error;
    }
  }
}

async function startOn(port: number, { program, args, env, ready }: ServerCommand): Promise<RunningServer> {
  const home = mkdtempSync(join(tmpdir(), "enc-server-"));
  const said: string[] = [];
  const child = spawn(program, args(port), {
    cwd: home,
    env: { PATH: process.env["PATH"] ?? "", HOME: home, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<void>((resolve) => {
    child.on("close", () => {
      resolve();
    });
    child.on("error", () => {
      resolve();
    });
  });
  // A test run that breaks off must not leave its servers behind.
  const killed = (): void => void child.kill("SIGKILL");
  process.on("exit", killed);
  child.on("close", () => process.off("exit", killed));
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => said.push(chunk.toString()));
  const url = `http://127.0.0.1:${String(port)}`;
  const stop = async (): Promise<void> => {
    end(child);
    await ended;
    rmSync(home, { recursive: true, force: true });
  };
  try {
    await untilReady(`${url}${ready}`, child);
    return { port, url, stop };
  } catch (error) {
    await stop();
    throw new Error(`${program} did not start: ${said.join("").slice(-2000)}`, { cause: error });
  }
}

function end(child: ChildProcess): void {
  // Node 20 signals our own process group in place of a child that could not be started.
  if (child.pid === undefined) return;
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 3000);
  child.on("close", () => {
    clearTimeout(timer);
  });
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  const limit = Date.now() + START_LIMIT;
  while (Date.now() < limit) {
    if (child.exitCode !== null || child.pid === undefined) throw new Error("it ended");
    if (await answers(url)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("it does not answer");
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
