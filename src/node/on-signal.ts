/** Signals that end a process by default, and that a person or a supervisor sends. */
const DEADLY = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

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

function endBy(signal: NodeJS.Signals): void {
  cleanUp(signal);
  unlisten();
  process.kill(process.pid, signal);
}

function cleanUp(signal: NodeJS.Signals | null): void {
  for (const cleanup of cleanups) cleanup(signal);
  cleanups.clear();
}
