import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { progress } from "../../src/cli/many/progress.ts";
import type { Io } from "../../src/cli/io.ts";
import { encodeBech32 } from "../../src/providers/age/bech32.ts";
import { utf8 } from "../../src/core/base/bytes.ts";
import { bundleCli } from "../support/bundle.ts";
import { enc } from "../support/cli.ts";
import { IDENTITY, RECIPIENT } from "../support/context.ts";

const KILL_AT_STEP = join(import.meta.dirname, "../support/kill-at-step.mjs");
const SIGNAL_IN_COMMIT = join(import.meta.dirname, "../support/signal-in-commit.mjs");
const NAMES = ["a.json", "b.json", "c.json"];

let dir = "";
let env: Record<string, string> = {};

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "enc-many-"));
  env = { PATH: process.env["PATH"] ?? "", HOME: dir, SOPS_AGE_KEY: IDENTITY };
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

const plainOf = (name: string): string => `{"v": "of ${name}"}\n`;
const textOf = (name: string): string => readFileSync(join(dir, name), "utf8");

function writeFiles(): void {
  for (const name of NAMES) writeFileSync(join(dir, name), plainOf(name));
}

/** Files that a run may leave beside. */
const leftOvers = (): string[] => readdirSync(dir).filter((name) => name.startsWith(".enc-"));

describe.skipIf(process.platform === "win32")("work on many files that is broken off", () => {
  const STEPS_AT_MOST = 80;
  let bundle: Awaited<ReturnType<typeof bundleCli>>;
  beforeAll(async () => {
    bundle = await bundleCli();
  });
  afterAll(() => {
    bundle.remove();
  });

  it("leaves each file as it was where a signal comes while the way back is gone", () => {
    writeFiles();
    const argv = ["--import", SIGNAL_IN_COMMIT, bundle.program, "encrypt", "-i", "--age", RECIPIENT, dir];
    const { signal, stderr } = spawnSync(process.execPath, argv, { env, encoding: "utf8" });
    expect({ signal, stderr }).toEqual({ signal: "SIGTERM", stderr: "" });
    expect(NAMES.map(textOf)).toEqual(NAMES.map(plainOf));
    expect(leftOvers()).toEqual([]);
  });

  it("at any step by kill -9 leaves each file old or new, all old before the first rename, and a second run finishes", async () => {
    writeFiles();
    const seen = new Set<number>();
    let killed = 0;
    for (let step = 1; step <= STEPS_AT_MOST; step++) {
      writeFiles();
      const argv = ["--import", KILL_AT_STEP, bundle.program, "encrypt", "-i", "--age", RECIPIENT, dir];
      const { signal, status } = spawnSync(process.execPath, argv, {
        env: { ...env, KILL_AT: String(step) },
      });
      const sealed = NAMES.filter((name) => textOf(name) !== plainOf(name));
      seen.add(sealed.length);
      const again = await enc(["encrypt", "-i", "--age", RECIPIENT, dir], { cwd: dir, env });
      expect(again.code, again.stderr).toBe(0);
      const opened = await enc(["decrypt", "-i", dir], { cwd: dir, env });
      expect(opened.code, `step ${String(step)}: ${opened.stderr}`).toBe(0);
      expect(NAMES.map(textOf)).toEqual(NAMES.map(plainOf));
      expect(leftOvers()).toEqual([]);
      if (signal === null) {
        expect({ status, sealed: sealed.length }).toEqual({ status: 0, sealed: 3 });
        break;
      }
      killed++;
    }
    // Killed before the first rename, between two of them, and after the last.
    expect([...seen].sort()).toEqual([0, 1, 2, 3]);
    expect(killed).toBeGreaterThan(15);
    expect(killed).toBeLessThan(STEPS_AT_MOST);
  }, 240_000);

  it("tells of what was left beside", async () => {
    writeFiles();
    writeFileSync(join(dir, ".enc-0123456789abcdef.tmp"), "half");
    const { code, stderr } = await enc(["encrypt", "-i", "--age", RECIPIENT, "."], { cwd: dir, env });
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr:
        "enc: left by a run that was killed, may hold plain text, can be removed: .enc-0123456789abcdef.tmp\n" +
        "enc: 3 files encrypted\n",
    });
  });
});

describe("an account in JSON", () => {
  it("names what became of each file, and why", async () => {
    writeFiles();
    writeFileSync(join(dir, "d.json"), "{");
    const { code, stdout, stderr } = await enc(
      ["encrypt", "-i", "--json", "--age", RECIPIENT, "d.json", "a.json", "none.json"],
      { cwd: dir, env },
    );
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(JSON.parse(stdout.toString())).toEqual({
      files: [
        {
          path: "d.json",
          state: "failed",
          error: expect.objectContaining({ code: "PARSE", line: 1 }) as object,
        },
        { path: "a.json", state: "untouched" },
        {
          path: "none.json",
          state: "failed",
          error: expect.objectContaining({ code: "FILE_NOT_FOUND" }) as object,
        },
      ],
    });
    expect(textOf("a.json")).toBe(plainOf("a.json"));
    expect(leftOvers()).toEqual([]);
  });

  it("shows what is hidden in a name, and so do messages", async () => {
    const name = "a\u200b\u202eb.json";
    writeFileSync(join(dir, name), "{");
    const json = await enc(["encrypt", "-i", "--json", "--age", RECIPIENT, name], { cwd: dir, env });
    expect(json.stdout.toString()).toContain('"path": "a\\u200b\\u202eb.json"');
    expect(JSON.parse(json.stdout.toString())).toMatchObject({ files: [{ path: name }] });
    const { stderr } = await enc(["encrypt", "-i", "--age", RECIPIENT, name], { cwd: dir, env });
    expect(stderr).toContain("enc: a\\u200b\\u202eb.json:");
    const asked = await enc(["filestatus", name, "none"], { cwd: dir, env });
    expect(asked.stdout.toString() + asked.stderr).not.toMatch(/[\u200b\u202e]/);
  });

  it("is one document also where the operands cannot be meant", async () => {
    const { code, stdout } = await enc(["decrypt", "-i", "--json", "q*.json"], { cwd: dir, env });
    expect(code).toBe(100);
    expect(JSON.parse(stdout.toString())).toEqual({
      files: [],
      error: expect.objectContaining({ code: "FILE_NOT_FOUND", message: "no file matches" }) as object,
    });
  });
});

describe("updatekeys of several files", () => {
  it("changes those that can be, and exits with 1", async () => {
    writeFiles();
    await enc(["encrypt", "-i", "--age", RECIPIENT, "a.json"], { cwd: dir, env });
    const other = "age1plzzeyxvv7hj8pr8v66c5clpghq9z6kkvz3p0e8xnx5tg2clmpwsm5gs2g";
    writeFileSync(join(dir, ".sops.yaml"), `creation_rules: [{age: "${RECIPIENT},${other}"}]\n`);
    const { code, stderr } = await enc(["updatekeys", "-y", "b.json", "none.json", "a.json"], {
      cwd: dir,
      env,
    });
    expect(code).toBe(1);
    expect(stderr).toContain("enc: none.json: there is no such file");
    expect(stderr).toContain("enc: 2 of 3 files failed, 1 updated");
    expect(textOf("a.json")).toContain(other);
    expect(textOf("b.json")).toBe(plainOf("b.json"));
  });
});

describe.skipIf(process.platform === "win32")("an age plugin", () => {
  it("is started once to open many files", async () => {
    const log = join(dir, "plugin.log");
    const bin = join(dir, "bin");
    mkdirSync(bin);
    cpSync(join(import.meta.dirname, "../support/age-plugin-fake.mjs"), join(bin, "age-plugin-fake"));
    chmodSync(join(bin, "age-plugin-fake"), 0o755);
    const data = utf8("works");
    env["PATH"] = `${bin}${delimiter}${env["PATH"] ?? ""}`;
    env["FAKE_PLUGIN_LOG"] = log;
    env["SOPS_AGE_KEY"] = encodeBech32("age-plugin-fake-", data).toUpperCase();
    for (let i = 0; i < 40; i++) writeFileSync(join(dir, `f${String(i)}.json`), plainOf("f"));
    const recipient = encodeBech32("age1fake", data);
    const sealed = await enc(["encrypt", "-i", "--age", recipient, "f*.json"], { cwd: dir, env });
    expect(sealed).toMatchObject({ code: 0, stderr: "enc: 40 files encrypted\n" });
    rmSync(log);
    const opened = await enc(["decrypt", "-i", "f*.json"], { cwd: dir, env });
    expect(opened).toMatchObject({ code: 0, stderr: "enc: 40 files decrypted\n" });
    expect(textOf("f39.json")).toBe(plainOf("f"));
    expect(existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : []).toHaveLength(1);
  });
});

describe("progress", () => {
  const run = (color: boolean, quiet: boolean): string => {
    const said: string[] = [];
    const io = { color, writeErr: (text: string) => void said.push(text) } as unknown as Io;
    let time = 0;
    const line = progress(3, quiet, io, () => (time += 60));
    for (let i = 0; i < 3; i++) line.step();
    line.clear();
    return said.join("");
  };

  it("is one line that is written over, on a terminal", () => {
    expect(run(true, false)).toBe("\r\u001b[Kenc: 2 of 3 files\r\u001b[K");
  });

  it("is nothing elsewhere, and nothing with --quiet", () => {
    expect([run(false, false), run(true, true)]).toEqual(["", ""]);
  });
});
