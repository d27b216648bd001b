/** Signals that end a process by default, and that a person or a supervisor sends. */
const DEADLY = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const;

/** Milliseconds after which most commands have ended, and those that wait for something are at it. */
const SOON = 250;

/**
 * Node answers SIGUSR1 by listening for a debugger, at a port that every user of the machine can reach, and what is
 * debugged here holds keys. A listener takes the signal from it for good; without one it ends us, as it ends sops.
 * The build says the same before the first line of enc.cjs.
 */
export function refuseDebugger(): void {
  const nothing = (): void => undefined;
  process.on("SIGUSR1", nothing).off("SIGUSR1", nothing);
  setTimeout(() => void endEarlyDebugger(), SOON).unref();
}

/**
 * A signal that came before our first line ran, while Node itself was starting, is made up for. To look costs a module,
 * so a command that is done by then never does. Whoever gave Node options may want to debug.
 */
async function endEarlyDebugger(): Promise<void> {
  const { execArgv, env, versions } = process;
  if (versions["bun"] !== undefined || execArgv.length > 0 || (env["NODE_OPTIONS"] ?? "") !== "") return;
  const { close, url } = await import("node:inspector");
  if (url() === undefined) return;
  close();
  process.kill(process.pid, "SIGUSR1");
}

const cleanups = new Set<(signal: NodeJS.Signals | null) => void>();

/**
 * Has `cleanup` run, synchronously, when a signal or `process.exit` ends this process, until the answered function is
 * called. After a signal the process ends by that same signal, so that its parent sees what happened.
 */
export function onEnd(cleanup: (signal: NodeJS.Signals | null) => void): () => void {
  if (cleanups.size === 0) listen();
  cleanups.add(cleanup);
  return () => {
    if (cleanups.delete(cleanup) && cleanups.size === 0) unlisten();
  };
}

/**
 * Leaves signals to a child process: until the answered function is called they end neither us nor run a cleanup.
 * Whoever calls this listens for them itself.
 */
export function leaveSignals(): () => void {
  for (const signal of DEADLY) process.off(signal, endBy);
  return () => {
    unlisten();
    if (cleanups.size > 0) listen();
  };
}

/** Waits for the first of the deadly signals, which then ends nothing: a server stops by itself. */
export function untilSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const stop = (signal: NodeJS.Signals): void => {
      for (const each of DEADLY) process.off(each, stop);
      resolve(signal);
    };
    for (const signal of DEADLY) process.on(signal, stop);
  });
}

function listen(): void {
  for (const signal of DEADLY) process.on(signal, endBy);
  process.on("exit", cleanUpAtExit);
}

function unlisten(): void {
  for (const signal of DEADLY) process.off(signal, endBy);
  process.off("exit", cleanUpAtExit);
}

function cleanUpAtExit(): void {
  cleanUp(null);
}

/** Ends this process by a signal, after the cleanups. */
export function endBy(signal: NodeJS.Signals): void {
  cleanUp(signal);
  unlisten();
  process.kill(process.pid, signal);
}

function cleanUp(signal: NodeJS.Signals | null): void {
  for (const cleanup of cleanups) cleanup(signal);
  cleanups.clear();
}
