import { spawn, spawnSync } from "node:child_process";

export interface Ended {
  /** Null: it cannot be started, or a signal ended it. */
  readonly code: number | null;
  /** Its stdout, a character for each byte. */
  readonly out: string;
}

/**
 * Runs a small program of the system to its end, with none of our environment but the PATH. Its stdout is collected only
 * where it is wanted: no pipe at all is the fastest.
 */
export function systemProgram(
  name: string,
  args: readonly string[],
  stdout: "ignored" | "wanted",
  path = process.env["PATH"],
): Promise<Ended> {
  const env = environment(path);
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const end = (code: number | null): void => {
      resolve({ code, out: Buffer.concat(chunks).toString("latin1") });
    };
    try {
      const child = spawn(name, args, {
        env,
        stdio: ["ignore", stdout === "wanted" ? "pipe" : "ignore", "ignore"],
      });
      child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
      child.on("error", () => {
        end(null);
      });
      child.on("close", end);
    } catch {
      // A name that is no argument, since it holds a NUL.
      end(null);
    }
  });
}

/** The same on this thread, for those who must not let go of it: did it end well? */
export function systemProgramNow(name: string, args: readonly string[]): boolean {
  return spawnSync(name, args, { env: environment(process.env["PATH"]), stdio: "ignore" }).status === 0;
}

const environment = (path: string | undefined): NodeJS.ProcessEnv => ({ PATH: path, LC_ALL: "C" });
