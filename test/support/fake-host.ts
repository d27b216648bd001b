import type { Host, RunOptions, RunResult } from "../../src/core/ports/host.ts";
import type { Primitives } from "../../src/core/ports/primitives.ts";

export interface FakeWorld {
  readonly platform?: Host["platform"];
  readonly env?: Readonly<Record<string, string>>;
  readonly home?: string;
  /** Content by path; an Error is thrown. */
  readonly files?: Readonly<Record<string, string | Uint8Array | Error>>;
  readonly run?: (argv: readonly string[], options: RunOptions) => RunResult | Promise<RunResult>;
  /** What is typed on the terminal. Default: there is none. */
  readonly prompt?: (question: string) => string | null | Promise<string | null>;
  readonly converse?: Host["converse"];
  /** Default: none, so that providers use noble. */
  readonly primitives?: Primitives | undefined;
}

export interface FakeHost extends Host {
  readonly warnings: string[];
  /** Every path that was asked for, in order. */
  readonly reads: string[];
  readonly runs: (readonly string[])[];
  readonly questions: string[];
}

/** A host whose whole world is in memory. */
export function fakeHost(world: FakeWorld = {}): FakeHost {
  const { primitives, converse } = world;
  const questions: string[] = [];
  const warnings: string[] = [];
  const reads: string[] = [];
  const runs: (readonly string[])[] = [];
  return {
    warnings,
    reads,
    runs,
    questions,
    ...(converse === undefined ? {} : { converse }),
    platform: world.platform ?? "linux",
    ...(primitives === undefined ? {} : { primitives: () => Promise.resolve(primitives) }),
    env: (name) => world.env?.[name],
    homeDir: () => world.home,
    readFile(path) {
      reads.push(path);
      const content = world.files?.[path];
      if (content instanceof Error) return Promise.reject(content);
      if (content === undefined) return Promise.resolve(null);
      return Promise.resolve(typeof content === "string" ? new TextEncoder().encode(content) : content);
    },
    run(argv, options) {
      runs.push(argv);
      return Promise.resolve(world.run?.(argv, options) ?? result(127, ""));
    },
    fetch: () => Promise.reject(new Error("no network in tests")),
    promptSecret(question) {
      questions.push(question);
      return Promise.resolve(world.prompt?.(question) ?? null);
    },
    warn: (message) => warnings.push(message),
  };
}

export function result(code: number, stdout: string): RunResult {
  return { code, stdout: new TextEncoder().encode(stdout), stderr: new Uint8Array() };
}
