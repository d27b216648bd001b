import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { configSearchOf, findConfig, loadConfig, loadStores } from "../../src/node/find-config.ts";

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

  it("searches from the current directory as SOPS does, where asked to, and for stdin", async () => {
    await write("a/.sops.yaml");
    const config = await write("b/.sops.yaml");
    const cwd = join(root, "b/c");
    expect(findConfig({ file: join(root, "a/x.yaml"), cwd, search: "cwd" })).toBe(config);
    expect(findConfig({ cwd })).toBe(config);
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
    expect(findConfig({ file: deep(99), cwd: root })).toBe(config);
    expect(findConfig({ file: deep(100), cwd: root })).toBeUndefined();
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

describe("loadConfig", () => {
  it("is undefined without a config", async () => {
    expect(await loadConfig({ file: "x", cwd: root })).toBeUndefined();
    expect(await loadStores({ file: "x", cwd: root })).toEqual({});
  });

  it("reads the config and tells its warnings", async () => {
    const path = await write(
      ".sops.yaml",
      "creation_rules: [{age: a, key_groups: [{age: [b]}]}]\nstores: {json: {indent: 2}}",
    );
    const warnings: string[] = [];
    const config = await loadConfig({ file: "x", cwd: root, warn: (message) => void warnings.push(message) });
    expect(config).toMatchObject({ path, stores: { json: 2 } });
    expect(warnings).toHaveLength(1);
    expect(await loadStores({ file: "x", cwd: root })).toMatchObject({ json: 2 });
  });

  it("takes an empty file as no rules, /dev/null too", async () => {
    const config = await write("empty.yaml");
    expect((await loadConfig({ cwd: root, config }))?.creationRules).toBeUndefined();
    if (process.platform === "win32") return;
    expect((await loadConfig({ cwd: root, config: "/dev/null" }))?.creationRules).toBeUndefined();
  });

  it.each([
    ["a named config that is missing", "no.yaml", undefined],
    ["a config that is a folder", ".", undefined],
    ["a config that is not UTF-8", "bad.yaml", new Uint8Array([0x61, 0x0a, 0xff])],
    ["a config that is wrong", "wrong.yaml", "rules: []"],
  ])("refuses %s", async (_, config, bytes) => {
    if (bytes !== undefined) await write(config, bytes);
    await expect(loadConfig({ cwd: root, config })).rejects.toMatchObject({
      code: "BAD_CONFIG",
      place: { file: join(root, config) },
    });
  });
});

describe("configSearchOf", () => {
  it.each([
    [undefined, "file"],
    ["", "file"],
    ["file", "file"],
    ["cwd", "cwd"],
  ])("%s is %s", (value, search) => {
    expect(configSearchOf(value)).toBe(search);
  });

  it("refuses anything else", () => {
    expect(() => configSearchOf("CWD")).toThrow('SOPS_TS_CONFIG_SEARCH cannot be "CWD"');
  });
});
