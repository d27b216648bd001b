import { ChildProcess, type StdioOptions } from "node:child_process";

type Entries = readonly (readonly [string, string])[];

/** `spawn` with neither its checks nor an environment: then the child has that of this process. */
type BareSpawn = (this: ChildProcess, options: Readonly<Record<string, unknown>>) => unknown;

/** What the runtime puts for a byte that is not UTF-8. */
const LOST = "\ufffd";

/** Has this process inherited a variable that is not UTF-8? Windows has none: its variables are UTF-16. */
export function inheritsBytes(): boolean {
  if (process.platform === "win32") return false;
  return Object.entries(process.env).some(([name, value]) => name.includes(LOST) || value?.includes(LOST));
}

/**
 * Starts a program with the environment of this process, byte for byte, and `added` on top. An environment that is
 * handed over is text to Node, and bytes that are not UTF-8 would be lost; the one that a child inherits is the
 * process's own, so that `added` stands in there while the program starts.
 */
export function spawnInheriting(
  argv: readonly [string, ...string[]],
  added: Entries,
  options: { readonly cwd: string; readonly stdio: StdioOptions },
): ChildProcess {
  const child = new ChildProcess();
  const { spawn } = ChildProcess.prototype as unknown as { readonly spawn: BareSpawn };
  const restore = addToOwn(added);
  try {
    spawn.call(child, { file: argv[0], args: argv, ...options });
  } finally {
    restore();
  }
  return child;
}

function addToOwn(added: Entries): () => void {
  const before = added.map(([name]) => [name, process.env[name]] as const).reverse();
  for (const [name, value] of added) process.env[name] = value;
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  };
}
