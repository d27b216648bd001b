import { spawn } from "node:child_process";
import { Buffer } from "node:buffer";
import type { Io } from "../../src/cli/io.ts";
import { run } from "../../src/cli/main.ts";
import { noteText } from "../../src/cli/ui.ts";
import { nodeHost } from "../../src/node/host.ts";

export interface CliOptions {
  readonly cwd: string;
  /** All of the environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly stdin?: Uint8Array;
  /** Called by the name `sops`, where it runs in this process. */
  readonly asSops?: boolean;
}

export interface CliResult {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs enc in this process, or the executable that ENC_BIN names (a built one, with its arguments). */
export function enc(argv: readonly string[], options: CliOptions): Promise<CliResult> {
  const program = process.env["ENC_BIN"];
  return program === undefined ? inProcess(argv, options) : asProgram(program, argv, options);
}

/** Runs enc as a program of its own, so that what its children print is seen too: ENC_BIN, or else `bundled`. */
export function encProgram(
  bundled: string,
  argv: readonly string[],
  options: CliOptions,
): Promise<CliResult> {
  return asProgram(process.env["ENC_BIN"] ?? `${process.execPath} ${bundled}`, argv, options);
}

async function inProcess(argv: readonly string[], options: CliOptions): Promise<CliResult> {
  const out: Buffer[] = [];
  const err: string[] = [];
  const stdin = options.stdin ?? new Uint8Array();
  const lines = Buffer.from(stdin).toString().split("\n").slice(0, -1);
  const io: Io = {
    env: options.env,
    cwd: options.cwd,
    asSops: options.asSops ?? false,
    color: false,
    readStdin: () => Promise.resolve(stdin),
    readLine: () => Promise.resolve(lines.shift() ?? null),
    writeOut: (bytes) => void out.push(Buffer.from(bytes as string)),
    writeErr: (text) => void err.push(text),
    note: (message) => void err.push(noteText(message)),
    host: () =>
      Promise.resolve(nodeHost({ env: options.env, warn: (message) => void err.push(noteText(message)) })),
    interruption: () => new AbortController().signal,
    refuseLostBytes: () => Promise.resolve(),
    dieBy: () => undefined,
    // Both would change the process of the tests; those that are about them start one of their own.
    becomeUser: () => Promise.reject(new Error("--user needs a process of its own")),
    replaceProcess: () => Promise.resolve(false),
  };
  const code = await run(argv, io);
  return { code, stdout: Buffer.concat(out), stderr: err.join("") };
}

function asProgram(program: string, argv: readonly string[], options: CliOptions): Promise<CliResult> {
  const [file = "", ...first] = program.split(" ");
  const child = spawn(file, [...first, ...argv], { cwd: options.cwd, env: options.env });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.stdin);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code: code ?? -1, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString() });
    });
  });
}
