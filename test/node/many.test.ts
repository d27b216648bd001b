import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { utf8 } from "../../src/core/base/bytes.ts";
import { parseGlobs } from "../../src/node/many/glob.ts";
import { inPool } from "../../src/node/many/pool.ts";
import { Replacements } from "../../src/node/many/replacements.ts";
import { selectFiles } from "../../src/node/many/select.ts";
import { isGlob, standsForMany } from "../../src/node/many/stands-for-many.ts";
import { readTarget } from "../../src/node/many/target.ts";
import { breakCall, mendCalls } from "../support/faults.ts";
import { hasPermissions, unprivileged } from "../support/unprivileged.ts";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "enc-node-many-"));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

function write(...names: string[]): void {
  for (const name of names) {
    mkdirSync(join(dir, name, ".."), { recursive: true });
    writeFileSync(join(dir, name), name);
  }
}

const slashes = (text: string): string => text.replaceAll("\\", "/");
const select = async (...operands: string[]): Promise<string[]> =>
  (await selectFiles(operands, dir)).files.map(({ name, by }) => `${by} ${slashes(name)}`);

describe("glob", () => {
  const matches = (pattern: string, name: string): boolean =>
    parseGlobs(pattern, false).some(({ parts: [part] }) =>
      part?.type === "pattern" ? part.matches(name) : part?.type === "name" && part.name === name,
    );

  it.each([
    ["*.yaml", "a.yaml", true],
    ["*.yaml", ".yaml", false],
    ["*.yaml", ".a.yaml", false],
    [".*", ".env", true],
    ["a*b*c", "aXbXbXc", true],
    ["a*b*c", "aXbX", false],
    ["?", "é", true],
    ["?", "ab", false],
    ["[a-c]x", "bx", true],
    ["[!a-c]x", "bx", false],
    ["[^a-c]x", "dx", true],
    ["[]x]", "]", true],
    ["[a", "[a", true],
    ["a.{yaml,json}", "a.json", true],
    ["{a,b{c,d}}", "bd", true],
    ["{a}", "{a}", true],
    ["\\*", "*", true],
    ["\\*", "a", false],
    ["a+(b).txt", "a+(b).txt", true],
    [`${"*a".repeat(30)}b`, "a".repeat(5000), false],
  ])("%s matches %s: %s", (pattern, name, answer) => {
    expect(matches(pattern, name)).toBe(answer);
  });

  it("parts a path at \\ on Windows only", () => {
    expect(parseGlobs("a\\*.yaml", true)[0]?.parts).toHaveLength(2);
    expect(parseGlobs("a\\*.yaml", false)[0]?.parts).toHaveLength(1);
  });

  it.each([
    ["a.yaml", false],
    ["a*", true],
    ["[a]", true],
    ["a[", false],
    ["{a}", false],
    ["{a,b}", true],
  ])("%s is one: %s", (text, answer) => {
    expect(isGlob(text)).toBe(answer);
  });
});

describe("selectFiles", () => {
  it("walks a folder by name, past .git, node_modules and configs", async () => {
    write("d/b.yaml", "d/a/z.yaml", "d/.env", "d/.git/x", "d/a/node_modules/y", "d/.sops.yaml", "d/.hid/h");
    expect(await select("d")).toEqual([
      "folder d/.env",
      "folder d/b.yaml",
      "folder d/.hid/h",
      "folder d/a/z.yaml",
    ]);
  });

  it("takes each file once, and as named where it is named at all", async () => {
    write("d/a", "d/b");
    expect(await select("d", "d/b", "./d/a", "d/*")).toEqual(
      ["name d/a", "name d/b"].map((s) => s.replace("d/a", "./d/a")),
    );
  });

  it("goes into folders with ** only, not into hidden ones", async () => {
    write("a.yaml", "d/b.yaml", "d/e/c.yaml", ".h/x.yaml", "d/.h.yaml");
    expect(await select("*.yaml")).toEqual(["glob a.yaml"]);
    expect(await select("**/*.yaml")).toEqual(["glob a.yaml", "glob d/b.yaml", "glob d/e/c.yaml"]);
    expect(await select("d/**")).toEqual(["glob d/.h.yaml", "glob d/b.yaml", "glob d/e/c.yaml"]);
    expect(await select(`${slashes(dir)}/d/?.yaml`)).toEqual([`glob ${slashes(dir)}/d/b.yaml`]);
    await expect(select("nope/**/*.yaml")).rejects.toThrow(
      expect.objectContaining({ code: "FILE_NOT_FOUND" }) as Error,
    );
  });

  it("takes a file that looks like a glob as what it is", async () => {
    write("[a].yaml", "a.yaml");
    expect(await select("[a].yaml")).toEqual(["name [a].yaml"]);
  });

  it.skipIf(process.platform === "win32")("follows links to files, not to folders", async () => {
    write("real/a");
    mkdirSync(join(dir, "d"));
    symlinkSync("..", join(dir, "d/up"));
    symlinkSync("../real/a", join(dir, "d/link"));
    symlinkSync("nowhere", join(dir, "d/dangling"));
    expect(await select("d")).toEqual(["folder d/link"]);
  });

  it.skipIf(process.platform === "win32")(
    "leaves links alone that lead out of both the folder and the working directory, unless they are named",
    async () => {
      write("home/kubeconfig.yaml", "repo/own.yaml");
      symlinkSync("../home/kubeconfig.yaml", join(dir, "repo/x.yaml"));
      symlinkSync("own.yaml", join(dir, "repo/y.yaml"));
      const cwd = join(dir, "repo");
      for (const operand of [".", "*.yaml", dir + "/repo"]) {
        const { files, outside } = await selectFiles([operand], cwd);
        expect(files.map(({ name }) => basename(name))).toEqual(["own.yaml"]);
        expect(outside.map((name) => basename(name))).toEqual(["x.yaml"]);
      }
      expect((await selectFiles(["x.yaml"], cwd)).files).toHaveLength(1);
    },
  );

  it.skipIf(process.platform === "win32")(
    "passes over what it cannot look at; named it is told of",
    async () => {
      write("d/a");
      symlinkSync("loop", join(dir, "d/loop"));
      expect(await select("d", "d/*")).toEqual(["folder d/a"]);
      expect(await select("d/loop", "x".repeat(300))).toEqual(["name d/loop", `name ${"x".repeat(300)}`]);
      expect(standsForMany("d/loop", dir)).toBe(false);
    },
  );
});

describe("inPool", () => {
  it("keeps the order and the width, and waits for what runs before it rejects", async () => {
    let [running, most, ended] = [0, 0, 0];
    const work = async (n: number): Promise<number> => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 5 - n));
      running--;
      ended++;
      if (n === 2) throw new Error("two");
      return n * 10;
    };
    expect(await inPool([0, 1], 2, work)).toEqual([0, 10]);
    [most, ended] = [0, 0];
    await expect(inPool([0, 1, 2, 3, 4, 5, 6], 2, work)).rejects.toThrow("two");
    expect({ most, running }).toEqual({ most: 2, running: 0 });
    expect(ended).toBeLessThan(7);
  });
});

describe("Replacements", () => {
  const texts = (): string[] => ["a", "b", "c"].map((name) => readFileSync(join(dir, name), "utf8"));
  const left = (): string[] => readdirSync(dir).filter((name) => name.startsWith(".enc-"));

  async function ready(): Promise<Replacements> {
    write("a", "b", "c");
    const all = new Replacements(() => undefined);
    for (const name of ["a", "b", "c"])
      await all.add(await readTarget(join(dir, name), name), utf8(`new ${name}`));
    expect(left()).toHaveLength(3);
    return all;
  }

  it("replaces all, the mode kept", async () => {
    write("a");
    if (hasPermissions) chmodSync(join(dir, "a"), 0o600);
    await (await ready()).commit();
    expect(texts()).toEqual(["new a", "new b", "new c"]);
    expect(left()).toEqual([]);
  });

  it("replaces none where one has changed meanwhile, and names it", async () => {
    const all = await ready();
    writeFileSync(join(dir, "b"), "someone else's");
    await expect(all.commit()).rejects.toThrow(
      expect.objectContaining({ code: "CANNOT_WRITE", place: { file: "b" } }) as Error,
    );
    expect(texts()).toEqual(["a", "someone else's", "c"]);
    expect(left()).toEqual([]);
  });

  describe("where a later one cannot be renamed", () => {
    afterEach(mendCalls);

    const failure = (hint: unknown = expect.any(String)): Error =>
      expect.objectContaining({ code: "CANNOT_WRITE", place: { file: "c" }, hint }) as Error;
    const toC = (_: string, to: string): boolean => to === join(dir, "c");

    async function readyToFail(): Promise<Replacements> {
      const all = await ready();
      breakCall("renameSync", "EIO", toC);
      return all;
    }

    it("brings the old ones back, the mode kept, and does not let go of the thread", async () => {
      write("b");
      if (hasPermissions) chmodSync(join(dir, "b"), 0o600);
      const { mode } = statSync(join(dir, "b"));
      const all = await ready();
      let isLetGo = false;
      let renames = 0;
      breakCall("renameSync", "EIO", (from, to) => {
        if (renames++ === 0) queueMicrotask(() => (isLetGo = true));
        expect(isLetGo, "between two renames").toBe(false);
        return toC(from, to);
      });
      await expect(all.commit()).rejects.toThrow(failure());
      mendCalls();
      expect(renames).toBe(5);
      expect(texts()).toEqual(["a", "b", "c"]);
      expect(statSync(join(dir, "b")).mode).toBe(mode);
      expect(left()).toEqual([]);
    });

    it("names those that cannot be taken back, and what cannot be removed", async () => {
      const all = await readyToFail();
      let renames = 0;
      breakCall("renameSync", "EIO", (from, to) => toC(from, to) || (to === join(dir, "a") && renames++ > 0));
      breakCall("unlinkSync", "EPERM", (path) => readFileSync(path, "utf8") === "new c");
      const hint: unknown = expect.stringMatching(
        /have their new content: a\n.*removed: .*[/\\]\.enc-[\w-]+\.tmp$/,
      );
      await expect(all.commit()).rejects.toThrow(failure(hint));
      expect(texts()).toEqual(["new a", "b", "c"]);
      expect(left()).toHaveLength(1);
    });

    it("where the disk is full, those that are replaced stay so and are named", async () => {
      const all = await readyToFail();
      breakCall("writeFileSync", "ENOSPC", () => true);
      const hint: unknown = expect.stringMatching(/have their new content: a, b$/);
      await expect(all.commit()).rejects.toThrow(failure(hint));
      mendCalls();
      expect(texts()).toEqual(["new a", "new b", "c"]);
      expect(left()).toEqual([]);
    });
  });

  it.skipIf(!hasPermissions)("refuses a file that is read-only", async () => {
    write("a");
    chmodSync(dir, 0o777);
    chmodSync(join(dir, "a"), 0o444);
    const target = await readTarget(join(dir, "a"), "a");
    await unprivileged(async () => {
      await expect(new Replacements(() => undefined).add(target, utf8("new"))).rejects.toThrow(
        expect.objectContaining({ code: "CANNOT_WRITE" }) as Error,
      );
    });
    expect(left()).toEqual([]);
  });
});
