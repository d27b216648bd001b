import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { bundleCli } from "../support/bundle.ts";
import { enc } from "../support/cli.ts";
import { IDENTITY, RECIPIENT } from "../support/context.ts";

const PLAIN = "a: c4n4ry\n";

let bundle: Awaited<ReturnType<typeof bundleCli>>;
let dir = "";
let env: Record<string, string> = {};

beforeAll(async () => {
  bundle = await bundleCli();
});
afterAll(() => {
  bundle.remove();
});
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "enc-test-"));
  mkdirSync(join(dir, "temp"));
  env = { PATH: process.env["PATH"] ?? "", HOME: dir, TMPDIR: join(dir, "temp"), SOPS_AGE_KEY: IDENTITY };
  writeFileSync(join(dir, "a.yaml"), PLAIN);
  await enc(["encrypt", "-i", "--age", RECIPIENT, "a.yaml"], { cwd: dir, env });
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

/** Runs enc by a shell that has run `first`. Throws where it hangs. */
function after(first: string, ...argv: string[]): { status: number | null; stdout: string; stderr: string } {
  const shell = ["sh", "-c", `${first} && exec "$@"`, "sh", process.execPath, bundle.program, ...argv];
  const isAlone = first.startsWith("umount");
  const [program = "", ...args] = isAlone ? ["unshare", "-m", ...shell] : shell;
  const { error, status, stdout, stderr } = spawnSync(program, args, { cwd: dir, env, timeout: 30_000 });
  if (error !== undefined) throw error;
  return { status, stdout: stdout.toString(), stderr: stderr.toString() };
}

/** How many files Node has open when it starts differs: from too few to start with, to enough. */
const LIMITS = [19, 20, 21, 22, 24, 28];
/** What ends Node itself, before any code of ours runs. */
const STARTED = /^enc: /m;

describe.skipIf(process.platform !== "linux")("where few files may be open", () => {
  it.each(["exec-file a.yaml", "exec-file --no-fifo a.yaml"])(
    "%s runs the command, or says why not, and leaves nothing",
    (line) => {
      let served = 0;
      for (const limit of LIMITS) {
        const run = after(`ulimit -n ${String(limit)}`, ...line.split(" "), "cat {} && cat {}");
        if (run.status === 0) served++;
        else if (STARTED.test(run.stderr)) expect(run.stderr).toContain("ulimit -n 256");
        expect(run.status === 0 ? run.stdout : "").toBe(run.status === 0 ? PLAIN + PLAIN : "");
        expect(readdirSync(join(dir, "temp"))).toEqual([]);
      }
      expect(served).toBeGreaterThan(0);
    },
    120_000,
  );

  it("encrypt -i writes the file, or says why not and leaves it as it was", () => {
    for (const limit of LIMITS) {
      writeFileSync(join(dir, "b.yaml"), PLAIN);
      const run = after(`ulimit -n ${String(limit)}`, "encrypt", "-i", "--age", RECIPIENT, "b.yaml");
      if (STARTED.test(run.stderr)) expect(run.stderr).toContain("ulimit -n 256");
      expect(readFileSync(join(dir, "b.yaml"), "utf8") === PLAIN).toBe(run.status !== 0);
      expect(readdirSync(dir).sort()).toEqual(["a.yaml", "b.yaml", "temp"]);
    }
  }, 60_000);
});

const canUnmount =
  process.platform === "linux" && spawnSync("unshare", ["-m", "umount", "-l", "/proc"]).status === 0;

describe.skipIf(!canUnmount)("without /proc", () => {
  it("exec-file serves a FIFO, to each reader", () => {
    const run = after("umount -l /proc", "exec-file", "a.yaml", "test -p {} && cat {} && cat {}");
    expect(run).toEqual({ status: 0, stdout: PLAIN + PLAIN, stderr: "" });
  });
});
