import { ChildProcess } from "node:child_process";
import { constants } from "node:os";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { utf8 } from "../../src/core/base/bytes.ts";
import { execWithFileInBackground } from "../../src/node/exec-file.ts";
import { exec } from "../../src/node/exec.ts";

const isWindows = process.platform === "win32";
let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "enc-test-"));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

const node = (script: string, ...args: string[]): { argv: string[] } => ({
  argv: [process.execPath, "-e", script, ...args],
});

describe.skipIf(isWindows)("exec", () => {
  const run = (command: Parameters<typeof exec>[0], env: [string, string][] = []): ReturnType<typeof exec> =>
    exec(command, { cwd: dir, env: [["PATH", process.env["PATH"] ?? ""], ...env] });
  const out = (): string => readFileSync(join(dir, "out"), "utf8");

  it("gives the child exactly the environment it is handed, later entries first, byte for byte", async () => {
    const script = "require('fs').writeFileSync('out', JSON.stringify(process.env))";
    const secret = "a\nb $HOME `id` \u00e9 \"'";
    const result = await run(node(script), [
      ["A", "1"],
      ["__proto__", "kept"],
      ["A", secret],
    ]);
    expect(result).toEqual({ code: 0, signal: null });
    const seen = out();
    expect(JSON.parse(seen)).toMatchObject({ A: secret });
    expect(seen).toContain('"__proto__":"kept"');
    expect(seen).not.toContain('HOME":');
  });

  it("runs one line in the shell, and a program without it", async () => {
    await run({ shell: 'printf "%s" "$A-$((1+1))" > out' }, [["A", "x"]]);
    expect(out()).toBe("x-2");
    await run(node("require('fs').writeFileSync('out', process.argv[1])", "$A ; *"), [["A", "x"]]);
    expect(out()).toBe("$A ; *");
  });

  it("answers the child's exit code, and its signal as 128 + n", async () => {
    expect(await run({ shell: "exit 42" })).toEqual({ code: 42, signal: null });
    expect(await run({ shell: "kill -TERM $$" })).toEqual({ code: 143, signal: "SIGTERM" });
    expect(await run({ shell: "kill -KILL $$" })).toEqual({
      code: 128 + constants.signals.SIGKILL,
      signal: "SIGKILL",
    });
  });

  it("hands signals on to the child and waits for it", async () => {
    const script =
      "process.on('SIGTERM', () => { require('fs').writeFileSync('out', 'got it'); process.exit(7) });" +
      "process.kill(process.ppid, 'SIGTERM'); setTimeout(() => process.exit(1), 5000)";
    expect(await run(node(script))).toEqual({ code: 7, signal: null });
    expect(out()).toBe("got it");
    expect(process.listenerCount("SIGTERM")).toBe(0);
  });

  it("waits on for a command that takes no signal from us, as one that sudo has made another user's", async () => {
    const kill = vi.spyOn(ChildProcess.prototype, "kill").mockImplementation(function (this: ChildProcess) {
      // What Node does where the system answers EPERM.
      this.emit("error", Object.assign(new Error("kill EPERM"), { code: "EPERM", syscall: "kill" }));
      return false;
    });
    const script =
      "process.kill(process.ppid, 'SIGTERM'); setTimeout(() => require('fs').writeFileSync('out', 'done'), 300)";
    try {
      expect(await run(node(script))).toEqual({ code: 0, signal: null });
    } finally {
      kill.mockRestore();
    }
    expect(out()).toBe("done");
  });

  it.each(["exit 3", "kill -QUIT $PPID; sleep 0.2"])(
    "leaves no plain text of a command in the background, whatever its PATH and its end: %s",
    async (end) => {
      const base = join(dir, "base");
      mkdirSync(base);
      await execWithFileInBackground(
        utf8("c4n4ry"),
        { shell: `read -r line < {}; printf %s "$line" > out; PATH=/bin:/usr/bin; ${end}` },
        {
          cwd: dir,
          env: [["PATH", join(dir, "nothing")]],
          ownEnv: { ...process.env, XDG_RUNTIME_DIR: base },
          filename: "f",
          fifo: false,
          warn: () => undefined,
        },
      );
      await vi.waitFor(
        () => {
          expect(readdirSync(base)).toEqual([]);
        },
        { timeout: 5000 },
      );
      expect(out()).toBe("c4n4ry");
    },
  );

  it("names a program that cannot be started", async () => {
    await expect(run({ argv: ["enc-no-such-program", "secret-argument"] })).rejects.toMatchObject({
      code: "EXEC",
      message: "cannot run enc-no-such-program: no such file or directory",
    });
    await expect(run({ argv: [] })).rejects.toMatchObject({ code: "EXEC" });
  });
});
