import type { Primitives } from "./primitives.ts";

/** All that a key provider may ask of the world. A browser host answers `null` or refuses. */
export interface Host {
  readonly platform: "linux" | "darwin" | "win32" | "other";
  env(name: string): string | undefined;
  homeDir(): string | undefined;
  /** Null where the file does not exist; throws CANNOT_READ on any other failure. */
  readFile(path: string): Promise<Uint8Array | null>;
  /** Runs a program without a shell. `input` goes to its stdin; stderr is the user's. */
  run(argv: readonly string[], options: RunOptions): Promise<RunResult>;
  /** Starts a program to talk with, without a shell. Absent where no program can run. Throws EXEC. */
  converse?(argv: readonly string[], signal?: AbortSignal): Promise<Conversation>;
  fetch(url: string, init?: unknown): Promise<unknown>;
  /**
   * Asks on the terminal, never on stdout. Null where nobody can answer. Where `remember` names the secret, an agent of
   * the user's may ask instead, and may answer for the user the next time.
   */
  promptSecret(question: string, remember?: string): Promise<string | null>;
  /** What was answered under this name was wrong. */
  forgetSecret?(name: string): Promise<void>;
  /** A note to the user (stderr). Never holds a secret. */
  warn(message: string): void;
  /** Built-in crypto for key providers, loaded when one needs it; without it they load a pure JavaScript one. */
  primitives?(): Promise<Primitives>;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: Uint8Array;
  readonly signal?: AbortSignal | undefined;
}

export interface RunResult {
  readonly code: number;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
}

/** A running program, seen through its stdin and stdout. */
export interface Conversation {
  write(bytes: Uint8Array): Promise<void>;
  /** What it said next; null: it says no more. */
  read(): Promise<Uint8Array | null>;
  /** Ends it, and waits until it has ended. Safe to call twice. */
  close(): Promise<void>;
}

/** The same host, but nobody is asked and nothing is said: for what runs inside another tool. */
export function silentHost(host: Host): Host {
  return {
    platform: host.platform,
    env: (name) => host.env(name),
    homeDir: () => host.homeDir(),
    readFile: (path) => host.readFile(path),
    run: (argv, options) => host.run(argv, options),
    fetch: (url, init) => host.fetch(url, init),
    promptSecret: () => Promise.resolve(null),
    warn: () => undefined,
  };
}
