import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { bundleCli } from "../support/bundle.ts";
import { enc } from "../support/cli.ts";
import { IDENTITY, RECIPIENT } from "../support/context.ts";

const PRELOAD = join(import.meta.dirname, "../support/kill-at-step.mjs");
const PLAIN = '{"a": "old", "b": "kept"}\n';
const STEPS_AT_MOST = 40;

let bundle: Awaited<ReturnType<typeof bundleCli>>;
let dir = "";
let temp = "";
let file = "";
let env: Record<string, string> = {};

beforeAll(async () => {
  bundle = await bundleCli();
});
afterAll(() => {
  bundle.remove();
});
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "enc-test-"));
  temp = join(dir, "temp");
  mkdirSync(temp);
  file = join(dir, "a.json");
  env = { PATH: process.env["PATH"] ?? "", HOME: temp, TMPDIR: temp, SOPS_AGE_KEY: IDENTITY };
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

async function sealed(): Promise<string> {
  writeFileSync(file, PLAIN);
  const { code } = await enc(["encrypt", "-i", "--age", RECIPIENT, file], { cwd: dir, env });
  expect(code).toBe(0);
  return readFileSync(file, "utf8");
}

async function valueOfA(): Promise<string> {
  const { stdout } = await enc(["decrypt", "--extract", '["a"]', file], { cwd: dir, env });
  return stdout.toString();
}

describe.skipIf(process.platform === "win32")("kill -9 at any step of a write", () => {
  it("leaves the old file or the new one, whole", async () => {
    const old = await sealed();
    let killed = 0;
    let sawNew = false;
    let sawLeftOver = false;
    for (let step = 1; step <= STEPS_AT_MOST; step++) {
      writeFileSync(file, old);
      const argv = ["--import", PRELOAD, bundle.program, "set", file, '["a"]', '"new"'];
      const { status, signal, stderr } = spawnSync(process.execPath, argv, {
        env: { ...env, KILL_AT: String(step) },
      });
      const now = readFileSync(file, "utf8");
      const others = readdirSync(dir).filter((name) => name !== "a.json" && name !== "temp");
      for (const name of others) {
        expect(name).toMatch(/^\.enc-(?:[0-9a-f-]+\.tmp|lock(?:-[0-9a-f]{16})?)$/);
        const more = statSync(join(dir, name)).mode & ~statSync(file).mode;
        expect(more, "more may read what a crash left").toBe(0);
      }
      sawLeftOver ||= others.some((name) => name.endsWith(".tmp"));
      // The next command opens the file, and removes what is left.
      if (now === old) expect(await valueOfA(), `step ${String(step)}`).toBe("old");
      else {
        sawNew = true;
        expect(await valueOfA(), `step ${String(step)}`).toBe("new");
      }
      expect(readdirSync(dir).sort()).toEqual(["a.json", "temp"]);
      if (signal === null) {
        expect({ status, stderr: stderr.toString() }).toEqual({ status: 0, stderr: "" });
        break;
      }
      killed++;
    }
    expect(sawNew).toBe(true);
    expect(sawLeftOver).toBe(true);
    // open, write, chmod, sync, close, rename, and the folder's sync and close.
    expect(killed).toBeGreaterThanOrEqual(8);
    expect(killed).toBeLessThan(STEPS_AT_MOST);
  });
});

describe.skipIf(process.platform === "win32")("signals", () => {
  it.each(["SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2"] as const)(
    "%s during an edit removes the plain text",
    async (name) => {
      const old = await sealed();
      const script = join(dir, "editor.sh");
      // The editor tells that it is there, then waits; it goes with its parent.
      writeFileSync(script, 'echo "$1" > "$0.seen"\nwhile sleep 0.05; do :; done\n');
      const child = spawn(process.execPath, [bundle.program, "edit", file], {
        cwd: dir,
        env: { ...env, EDITOR: `sh '${script}'` },
        stdio: "ignore",
      });
      const ended = new Promise<NodeJS.Signals | null>((resolve) => {
        child.on("exit", (_, signal) => {
          resolve(signal);
        });
      });
      while (readdirSync(temp).length === 0 || !readdirSync(dir).includes("editor.sh.seen"))
        await new Promise((resolve) => setTimeout(resolve, 20));
      expect(readFileSync(readFileSync(`${script}.seen`, "utf8").trim(), "utf8")).toBe(PLAIN);
      child.kill(name);
      expect(await ended).toBe(name);
      expect(readdirSync(temp)).toEqual([]);
      expect(readFileSync(file, "utf8")).toBe(old);
    },
  );

  it("SIGUSR1 opens no port for a debugger", async () => {
    const pipe = join(dir, "pipe");
    execFileSync("mkfifo", [pipe]);
    const argv = [bundle.program, "decrypt", pipe];
    const child = spawn(process.execPath, argv, { env, stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    const ended = new Promise((resolve) => {
      child.on("close", (_, signal) => {
        resolve(signal);
      });
    });
    // Answers when the other end is open: enc waits for what it is to read.
    const writer = openSync(pipe, "w");
    child.kill("SIGUSR1");
    setTimeout(() => child.kill("SIGKILL"), 2000).unref();
    expect(await ended).toBe("SIGUSR1");
    expect(said).toBe("");
    closeSync(writer);
  });

  it("SIGUSR1 while Node itself starts: the debugger that it opened is closed, and the signal ends us", async () => {
    const pipe = join(dir, "early");
    execFileSync("mkfifo", [pipe]);
    const early = join(dir, "early.mjs");
    const asIfSignalled = `import { open } from "node:inspector"; open(0); await import(${JSON.stringify(bundle.program)});`;
    writeFileSync(early, asIfSignalled);
    const child = spawn(process.execPath, [early, "decrypt", pipe], {
      env,
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    const ended = new Promise((resolve) => {
      child.on("close", (_, signal) => {
        resolve(signal);
      });
    });
    const writer = openSync(pipe, "w");
    setTimeout(() => child.kill("SIGKILL"), 8000).unref();
    expect(await ended).toBe("SIGUSR1");
    expect(said).toContain("Debugger listening");
    closeSync(writer);
  });

  it("exec-env dies by the signal that its command died by", async () => {
    await sealed();
    const argv = [bundle.program, "exec-env", file, "kill -TERM $$"];
    expect(spawnSync(process.execPath, argv, { env }).signal).toBe("SIGTERM");
  });
});

describe.skipIf(process.platform === "win32")("a working directory that was removed", () => {
  it("is no place for files, and absolute names are found", async () => {
    await sealed();
    const gone = (...argv: string[]): ReturnType<typeof spawnSync> => {
      mkdirSync(join(dir, "gone"));
      const line = 'cd gone && rmdir ../gone && exec "$@"';
      return spawnSync("sh", ["-c", line, "sh", process.execPath, bundle.program, ...argv], {
        cwd: dir,
        env,
      });
    };
    expect(gone("decrypt", file).stdout.toString()).toBe(PLAIN);
    expect(gone("decrypt", "a.json")).toMatchObject({ status: 100 });
  });
});

describe.skipIf(process.platform === "win32")("stdout", () => {
  it("whose reader leaves ends enc as SIGPIPE ends sops, and one that is slow gets everything", async () => {
    writeFileSync(file, JSON.stringify({ a: "x".repeat(3_000_000) }));
    await enc(["encrypt", "-i", "--age", RECIPIENT, file], { cwd: dir, env });
    const line = (reader: string): string[] => [
      "-c",
      `("$0" "$1" decrypt "$2"; echo $? >&2) | ${reader}`,
      process.execPath,
      bundle.program,
      file,
    ];
    const slow = spawnSync("sh", line("(sleep 0.3; wc -c)"), { env });
    expect(Number(slow.stdout.toString())).toBeGreaterThan(3_000_000);
    const closed = spawnSync("sh", line("head -c 1"), { env });
    expect(closed.stdout.toString()).toBe("{");
    expect(closed.stderr.toString()).toBe("141\n");
  });

  it.skipIf(!existsSync("/dev/full"))("that is full is an error", async () => {
    writeFileSync(file, "{}");
    await enc(["encrypt", "-i", "--age", RECIPIENT, file], { cwd: dir, env });
    const line = ["-c", `"$0" "$1" decrypt "$2" > /dev/full`, process.execPath, bundle.program, file];
    const closed = spawnSync("sh", line, { env });
    expect(closed.status).toBe(3);
    expect(closed.stderr.toString()).toContain("enc: cannot write to stdout");
  });
});
