import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { nodeHost } from "../../src/node/host.ts";
import { nodePrimitives } from "../../src/node/primitives.ts";
import { SecretLine } from "../../src/node/prompt-secret.ts";

let dir = "";
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "enc-host-"));
});
afterAll(() => rm(dir, { recursive: true }));

const node = (script: string): readonly string[] => [process.execPath, "-e", script];
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe("environment", () => {
  test("is that of the process, read at each call", () => {
    const host = nodeHost();
    vi.stubEnv("ENC_TEST_HOST", "one");
    expect(host.env("ENC_TEST_HOST")).toBe("one");
    vi.stubEnv("ENC_TEST_HOST", undefined);
    expect(host.env("ENC_TEST_HOST")).toBeUndefined();
    expect(host.homeDir()).not.toBe("");
    vi.unstubAllEnvs();
  });

  test("or the one that was given", () => {
    const host = nodeHost({ env: { HOME: "/h", USERPROFILE: "/h", A: "1" } });
    expect([host.env("A"), host.env("PATH"), host.homeDir()]).toEqual(["1", undefined, "/h"]);
  });
});

describe("readFile", () => {
  test("gives bytes, and null where there is no file", async () => {
    const host = nodeHost();
    await writeFile(join(dir, "a"), "abc");
    expect(await host.readFile(join(dir, "a"))).toEqual(new TextEncoder().encode("abc"));
    expect(await host.readFile(join(dir, "none"))).toBeNull();
    expect(await host.readFile(join(dir, "a", "b"))).toBeNull();
  });

  test("names the file and the cause of any other failure", async () => {
    await expect(nodeHost().readFile(dir)).rejects.toThrow(
      expect.objectContaining({
        code: "CANNOT_READ",
        message: `cannot read ${dir} (EISDIR)`,
        place: { file: dir },
      }),
    );
  });
});

describe("filesUnder", () => {
  test("gives all files of a folder and below, links to files too, and null where there is no folder", async () => {
    const root = await mkdtemp(join(dir, "tree-"));
    await mkdir(join(root, "b"));
    await writeFile(join(root, "b", "c"), "");
    await writeFile(join(root, "a"), "");
    await symlink("b", join(root, "link-to-folder"));
    await symlink("a", join(root, "z"));
    const host = nodeHost();
    expect(await host.filesUnder?.(root)).toEqual(["a", join("b", "c"), "z"].map((name) => join(root, name)));
    expect(await host.filesUnder?.(join(root, "none"))).toBeNull();
    await expect(host.filesUnder?.(join(root, "a"))).rejects.toThrow(
      expect.objectContaining({ code: "CANNOT_READ", message: `cannot read ${join(root, "a")} (ENOTDIR)` }),
    );
  });
});

describe("run", () => {
  test("hands over arguments as they are, input, and environment on top of ours", async () => {
    const script = `process.stdin.on("data", (d) => process.stdout.write(d)).on("end", () =>
      console.log(process.argv.slice(1).join("|"), process.env.ENC_A, process.env.ENC_B))`;
    const host = nodeHost({ env: { ...process.env, ENC_A: "base", ENC_B: "base" } });
    const result = await host.run([...node(script), "a b", "$HOME", "';x"], {
      env: { ENC_B: "over" },
      input: new TextEncoder().encode("in:"),
    });
    expect([result.code, text(result.stdout)]).toEqual([0, "in:a b|$HOME|';x base over\n"]);
  });

  test("without input the program sees an empty stdin", async () => {
    const result = await nodeHost().run(
      node(`process.stdin.on("data", () => {}).on("end", () => console.log("end"))`),
      {},
    );
    expect(text(result.stdout)).toBe("end\n");
  });

  test("answers the exit code, and passes stderr on while keeping it", async () => {
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const result = await nodeHost().run(node(`console.error("oops"); process.exitCode = 3`), {});
    const passed = write.mock.calls.map(([chunk]) => String(chunk)).join("");
    write.mockRestore();
    expect([result.code, text(result.stderr), passed]).toEqual([3, "oops\n", "oops\n"]);
  });

  test("keeps stderr to itself where it is to be collected", async () => {
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const result = await nodeHost().run(node(`console.error("oops")`), { stderr: "collect" });
    const passed = write.mock.calls.length;
    write.mockRestore();
    expect([result.code, text(result.stderr), passed]).toEqual([0, "oops\n", 0]);
  });

  test("keeps the beginning of a long stderr", async () => {
    const script = `process.stderr.write("a".repeat(100_000) + "b".repeat(200_000))`;
    const { stderr } = await nodeHost().run(node(script), { stderr: "collect" });
    expect(stderr.length).toBeGreaterThanOrEqual(64 * 1024);
    expect(stderr.length).toBeLessThan(300_000);
    expect(text(stderr.subarray(0, 64 * 1024))).toBe("a".repeat(64 * 1024));
  });

  test.skipIf(process.platform === "win32")("answers 128 + n for a program that signal n ended", async () => {
    expect((await nodeHost().run(node(`process.kill(process.pid, "SIGKILL")`), {})).code).toBe(137);
  });

  test("survives a program that does not read its input", async () => {
    const input = new Uint8Array(1 << 20);
    expect((await nodeHost().run(node("process.exit(0)"), { input })).code).toBe(0);
  });

  test.each([["no-such-program-of-enc"], [""], ["a\0b"]])("says that %j cannot be run", async (program) => {
    await expect(nodeHost().run([program], {})).rejects.toThrow(expect.objectContaining({ code: "EXEC" }));
  });

  test.skipIf(process.platform === "win32")("does not run a file that is not executable", async () => {
    const file = join(dir, "script");
    await writeFile(file, "#!/bin/sh\n");
    await chmod(file, 0o600);
    await expect(nodeHost().run([file], {})).rejects.toThrow(`cannot run ${file}`);
  });

  test("stops when it is aborted", async () => {
    const controller = new AbortController();
    const running = nodeHost().run(node("setTimeout(() => {}, 60000)"), { signal: controller.signal });
    setTimeout(() => {
      controller.abort();
    }, 50);
    await expect(running).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
  });
});

test("brings the crypto of Node", async () => {
  expect(await nodeHost().primitives?.()).toBe(nodePrimitives);
});

test("warnings go to stderr, one line each, with control characters escaped", () => {
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  nodeHost().warn("a\u001b[2J\nb");
  const written = write.mock.calls.map(([chunk]) => chunk);
  write.mockRestore();
  expect(written).toEqual(["enc: a\\x1b[2J\\nb\n"]);
});

describe("secret line", () => {
  const typed = (keys: string): [string, string] => {
    const line = new SecretLine();
    for (const key of keys) {
      const outcome = line.type(key);
      if (outcome !== "more") return [outcome, line.text];
    }
    return ["more", line.text];
  };

  test.each<[string, string, string]>([
    ["abc\r", "done", "abc"],
    ["pä漢😀\n", "done", "pä漢😀"],
    ["ab\u007f\bc\r", "done", "c"],
    ["\u007f\r", "done", ""],
    ["wrong\u0015right\r", "done", "right"],
    ["ab\u0003", "cancelled", "ab"],
    ["\u0004", "cancelled", ""],
    ["a\u0004b\r", "done", "ab"],
    ["open", "more", "open"],
  ])("%j is %s with %j", (keys, outcome, secret) => {
    expect(typed(keys)).toEqual([outcome, secret]);
  });
});
