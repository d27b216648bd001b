import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { configSearchOf, findConfig as find, type FindConfigOptions } from "../../src/node/find-config.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "enc-find-"));
});
afterEach(() => rm(root, { recursive: true }));

async function write(name: string, text: string | Uint8Array = ""): Promise<string> {
  const path = join(root, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  return path;
}

const findConfig = (options: FindConfigOptions): string | undefined => find(options)?.path;

describe("findConfig", () => {
  it("searches from the folder of the file upwards, the nearest first", async () => {
    const near = await write("a/b/.sops.yaml");
    const far = await write(".sops.yaml");
    await write("elsewhere/.sops.yaml");
    const cwd = join(root, "elsewhere");
    expect(findConfig({ file: join(root, "a/b/c/d/x.yaml"), cwd })).toBe(near);
    expect(findConfig({ file: join(root, "a/x.yaml"), cwd })).toBe(far);
    expect(findConfig({ file: "../a/b/x.yaml", cwd })).toBe(near);
  });

  it("goes on from the current directory, where no config stands above the file", async () => {
    const config = await write("project/.sops.yaml");
    const cwd = join(root, "project/src");
    expect(findConfig({ file: join(root, "elsewhere/x.yaml"), cwd })).toBe(config);
    expect(findConfig({ file: "../../x.yaml", cwd })).toBe(config);
    const nearer = await write("elsewhere/.sops-ts.yaml");
    expect(findConfig({ file: join(root, "elsewhere/x.yaml"), cwd })).toBe(nearer);
  });

  it("searches from the current directory as SOPS does, where asked to, and for stdin", async () => {
    await write("a/.sops.yaml");
    const config = await write("b/.sops.yaml");
    const cwd = join(root, "b/c");
    expect(findConfig({ file: join(root, "a/x.yaml"), cwd, search: "cwd" })).toBe(config);
    expect(findConfig({ cwd })).toBe(config);
    expect(findConfig({ file: join(root, "a/x.yaml"), cwd: join(root, "c"), search: "cwd" })).toBeUndefined();
  });

  it("by the name sops: from the current directory, .sops.yaml alone, and what is passed over is told", async () => {
    const own = await write("a/.sops-ts.yaml");
    await write("b/.sops.yaml");
    const config = await write(".sops.yaml");
    const warnings: string[] = [];
    const warn = (message: string): void => void warnings.push(message);
    const options = { file: join(root, "b/x.yaml"), cwd: join(root, "a"), asSops: true, warn };
    expect(findConfig(options)).toBe(config);
    expect(warnings).toEqual([`${own} is not read: a config must be called .sops.yaml; using ${config}`]);
    expect(findConfig({ ...options, search: "file" })).toBe(join(root, "b/.sops.yaml"));
    expect(findConfig({ ...options, config: own })).toBe(own);
  });

  it("searches from the current directory for /dev/stdin and the pipes of a shell, as SOPS does", async () => {
    const config = await write(".sops.yaml");
    for (const file of ["/dev/stdin", "/dev/fd/63", "/proc/self/fd/0"])
      expect(findConfig({ file, cwd: root })).toBe(config);
  });

  it("prefers .sops-ts.yaml in one folder, and the nearer folder over the name", async () => {
    await write(".sops.yaml");
    const own = await write(".sops-ts.yaml");
    const nearer = await write("a/.sops.yaml");
    expect(findConfig({ file: "x", cwd: root })).toBe(own);
    expect(findConfig({ file: "a/x", cwd: root })).toBe(nearer);
  });

  it("takes a named config and searches for none", async () => {
    await write(".sops.yaml");
    expect(findConfig({ file: "x", cwd: root, config: "other/c.yaml" })).toBe(join(root, "other/c.yaml"));
    expect(findConfig({ file: "x", cwd: root, config: "" })).toBe(join(root, ".sops.yaml"));
  });

  it("is undefined where there is none, also for a folder that does not exist", () => {
    expect(findConfig({ file: "no/such/folder/x", cwd: root })).toBeUndefined();
  });

  it.runIf(existsSync("/dev/shm"))("searches from the folder of a file that is in memory", async () => {
    const folder = await mkdtemp("/dev/shm/enc-find-");
    try {
      const config = join(folder, ".sops.yaml");
      await writeFile(config, "");
      expect(findConfig({ file: join(folder, "a/x"), cwd: root })).toBe(config);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("looks into 100 folders and no more", async () => {
    const config = await write(".sops.yaml");
    const deep = (n: number): string => join(root, ...Array.from({ length: n }, () => "d"), "x");
    const cwd = join(root, "../nowhere");
    expect(findConfig({ file: deep(99), cwd })).toBe(config);
    expect(findConfig({ file: deep(100), cwd })).toBeUndefined();
  });

  it("warns of a name that is not read", async () => {
    const yml = await write("a/.sops.yml");
    const warnings: string[] = [];
    const warn = (message: string): void => void warnings.push(message);
    expect(findConfig({ file: "a/x", cwd: root, warn })).toBeUndefined();
    const config = await write(".sops.yaml");
    expect(findConfig({ file: "a/x", cwd: root, warn })).toBe(config);
    const text = `${yml} is not read: a config must be called .sops-ts.yaml or .sops.yaml`;
    expect(warnings).toEqual([text, `${text}; using ${config}`]);
  });
});

describe("configSearchOf", () => {
  it.each([
    [undefined, undefined],
    ["", undefined],
    ["file", "file"],
    ["cwd", "cwd"],
  ])("%s is %s", (value, search) => {
    expect(configSearchOf(value)).toBe(search);
  });

  it("refuses anything else", () => {
    expect(() => configSearchOf("CWD")).toThrow('SOPS_TS_CONFIG_SEARCH cannot be "CWD"');
  });
});
