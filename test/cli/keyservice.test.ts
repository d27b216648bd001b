import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Http2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { bundleCli } from "../support/bundle.ts";
import { enc } from "../support/cli.ts";
import { IDENTITY, RECIPIENT } from "../support/context.ts";

const PLAIN = '{"a": "c4n4ry"}\n';

let bundle: Awaited<ReturnType<typeof bundleCli>>;
let dir = "";
const env = (): Record<string, string> => ({ PATH: process.env["PATH"] ?? "", HOME: dir, TMPDIR: dir });
const children: ChildProcessWithoutNullStreams[] = [];

beforeAll(async () => {
  bundle = await bundleCli();
  dir = mkdtempSync(join(tmpdir(), "enc-test-"));
  writeFileSync(join(dir, "a.json"), PLAIN);
  await enc(["encrypt", "-i", "--age", RECIPIENT, "a.json"], { cwd: dir, env: env() });
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});
afterAll(() => {
  bundle.remove();
  rmSync(dir, { recursive: true, force: true });
});

interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** Waits until stderr has this, and answers the first group. */
  says(pattern: RegExp): Promise<string>;
}

function start(args: readonly string[], more: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, [bundle.program, ...args], { cwd: dir, env: { ...env(), ...more } });
  children.push(child);
  let text = "";
  child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const ended = new Promise<Awaited<Running["ended"]>>((resolve) => {
    child.on("exit", (code, signal) => {
      resolve({ code, signal });
    });
  });
  return {
    child,
    ended,
    async says(pattern) {
      for (;;) {
        const found = pattern.exec(text);
        if (found !== null) return found[1] ?? "";
        if (child.exitCode !== null) throw new Error(`it ended, and said: ${text}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
  };
}

const LISTENING = /listening on (\S+)/;
const serverOf = (...args: readonly string[]): Running =>
  start(["keyservice", ...args], { SOPS_AGE_KEY: IDENTITY });
const onSocket = (name: string): Running => serverOf("--network", "unix", "--address", name);
const decryptBy = (uri: string): ReturnType<typeof enc> =>
  enc(["decrypt", "--keyservice", uri, "a.json"], { cwd: dir, env: env() });

describe("enc keyservice", () => {
  it.each(["SIGINT", "SIGTERM"] as const)("serves by TCP until %s, then ends with 0", async (signal) => {
    const server = serverOf("-addr=127.0.0.1:0", "--verbose");
    const uri = await server.says(LISTENING);
    expect(await decryptBy(uri)).toMatchObject({ code: 0, stdout: Buffer.from(PLAIN) });
    await server.says(new RegExp(`enc: decrypt with age key ${RECIPIENT}: done\n`));
    server.child.kill(signal);
    expect(await server.ended).toEqual({ code: 0, signal: null });
    expect((await decryptBy(uri)).stderr).toContain(`by ${uri}: cannot be reached: nothing listens there`);
  });

  it("says who else may use the keys where that is not this machine alone", async () => {
    const server = serverOf("--address", ":0");
    await server.says(/anyone who can reach tcp:\/\/:\d+ can use your keys, unencrypted/);
  });

  it("says that a port is taken", async () => {
    const server = serverOf("--address", "127.0.0.1:0");
    const uri = await server.says(LISTENING);
    const second = serverOf("--address", uri.replace("tcp://", ""));
    await second.says(/cannot listen on tcp:\/\/127.0.0.1:\d+: another program listens there/);
    expect((await second.ended).code).toBe(3);
  });
});

describe.skipIf(process.platform === "win32")("enc keyservice on a socket", () => {
  it("is for its owner alone, replaces a dead socket, no live one, and removes its own", async () => {
    const path = join(dir, "s.sock");
    const first = onSocket("s.sock");
    expect(await first.says(LISTENING)).toBe(`unix://${path}`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const second = onSocket("s.sock");
    await second.says(/another program serves it/);
    expect((await second.ended).code).toBe(3);
    first.child.kill("SIGKILL");
    await first.ended;
    expect(existsSync(path)).toBe(true);
    const third = onSocket("s.sock");
    await third.says(LISTENING);
    expect(await decryptBy(`unix://${path}`)).toMatchObject({ code: 0 });
    third.child.kill("SIGTERM");
    expect((await third.ended).code).toBe(0);
    expect(existsSync(path)).toBe(false);
  });
});

describe("enc keyservice --prompt", () => {
  it("asks for each request until it is answered, one at a time", async () => {
    const server = serverOf("--address", "127.0.0.1:0", "--prompt");
    const uri = await server.says(LISTENING);
    const both = [decryptBy(uri), decryptBy(uri)];
    await server.says(new RegExp(`enc: decrypt with age key ${RECIPIENT}\\? \\(y/n\\) `));
    server.child.stdin.write("perhaps\ny\nn\n");
    const codes = (await Promise.all(both)).map(({ code }) => code).sort((a, b) => a - b);
    expect(codes).toEqual([0, 128]);
    server.child.kill("SIGINT");
    expect((await server.ended).code).toBe(0);
  });

  it("says no where nobody answers, and stops while it asks", async () => {
    const server = serverOf("--address", "127.0.0.1:0", "--prompt");
    const uri = await server.says(LISTENING);
    const asked = decryptBy(uri);
    await server.says(/\(y\/n\) /);
    server.child.kill("SIGTERM");
    expect((await server.ended).code).toBe(0);
    expect((await asked).stderr).toContain(`by ${uri}: the connection was cut`);
    const deaf = serverOf("--address", "127.0.0.1:0", "--prompt");
    const other = await deaf.says(LISTENING);
    deaf.child.stdin.end();
    expect((await decryptBy(other)).stderr).toContain(
      `by ${other}: Request rejected by user (ask the one who runs the key service)`,
    );
  });
});

describe.skipIf(process.platform === "win32")("a signal during a command", () => {
  const open: Http2Server[] = [];
  afterEach(() => {
    for (const server of open.splice(0)) server.close();
  });

  it("ends a call to a key service, and the command by that signal", async () => {
    let cancelled = false;
    let called = false;
    const server = createServer().on("stream", (stream) => {
      called = true;
      stream.on("error", () => undefined).on("close", () => (cancelled = true));
    });
    open.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const command = start(["decrypt", "--keyservice", `tcp://127.0.0.1:${String(port)}`, "a.json"]);
    await until(() => called);
    command.child.kill("SIGINT");
    expect(await command.ended).toEqual({ code: null, signal: "SIGINT" });
    await until(() => cancelled);
  });

  it.each(["SIGINT", "SIGTERM"] as const)("%s stops the program that was to print a key", async (signal) => {
    const script = join(dir, "key.sh");
    writeFileSync(script, `echo $$ > "${script}.pid"\nexec sleep 60\n`);
    const command = start(["decrypt", "a.json"], { SOPS_AGE_KEY_CMD: `sh ${script}` });
    await until(() => existsSync(`${script}.pid`) && readFileSync(`${script}.pid`, "utf8").endsWith("\n"));
    const pid = Number(readFileSync(`${script}.pid`, "utf8"));
    rmSync(`${script}.pid`);
    command.child.kill(signal);
    expect(await command.ended).toEqual({ code: null, signal });
    await until(() => !isAlive(pid));
  });

  it("reaches the command of exec-env, whose end is ours", async () => {
    const line = `trap 'echo caught; exit 7' TERM; echo ready; while :; do sleep 0.05; done`;
    const command = start(["exec-env", "a.json", line], { SOPS_AGE_KEY: IDENTITY });
    let out = "";
    command.child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    await until(() => out.includes("ready"));
    command.child.kill("SIGTERM");
    expect(await command.ended).toEqual({ code: 7, signal: null });
    expect(out).toContain("caught");
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
