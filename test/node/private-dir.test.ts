import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { utf8 } from "../../src/core/base/bytes.ts";
import { serveFifo } from "../../src/node/fifo.ts";
import { makerWord } from "../../src/node/maker.ts";
import { withPrivateDir } from "../../src/node/private-dir.ts";
import { runProgram } from "../../src/node/run-program.ts";
import { hasPermissions, unprivileged } from "../support/unprivileged.ts";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "enc-private-"));
  chmodSync(dir, 0o777);
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

describe.skipIf(!hasPermissions)("a private folder", () => {
  it("that cannot be removed is named, and why: plain text may be left in it", async () => {
    let made = "";
    const fill = (folder: string): Promise<void> => {
      made = folder;
      mkdirSync(join(folder, "closed"));
      writeFileSync(join(folder, "closed/x"), "c4n4ry");
      chmodSync(join(folder, "closed"), 0o500);
      return Promise.resolve();
    };
    // The first one closes stdin, in case that this helps.
    for (let n = 0; n < 2; n++) {
      await unprivileged(() =>
        expect(withPrivateDir({ TMPDIR: dir }, fill)).rejects.toMatchObject({
          code: "CANNOT_WRITE",
          message: expect.stringMatching(/: permission denied$/) as unknown,
          hint: "remove it yourself: it may hold plain text",
        }),
      );
      chmodSync(join(made, "closed"), 0o700);
      expect(existsSync(made)).toBe(true);
    }
  });

  it.skipIf(!existsSync("/dev/shm")).each(["closed", "missing"])(
    "stands in shared memory where TMPDIR is %s, for us alone, and goes",
    async (name) => {
      mkdirSync(join(dir, "closed"), { mode: 0o500 });
      const env = { TMPDIR: join(dir, name) };
      const look = (folder: string): Promise<[string, number]> =>
        Promise.resolve([folder, statSync(folder).mode & 0o777]);
      const [made, mode] = await unprivileged(() => withPrivateDir(env, look));
      expect([dirname(made), mode]).toEqual(["/dev/shm", 0o700]);
      expect(existsSync(made)).toBe(false);
    },
  );

  it("stands in TMPDIR where XDG_RUNTIME_DIR cannot be looked at", async () => {
    symlinkSync("loop", join(dir, "loop"));
    const env = { XDG_RUNTIME_DIR: join(dir, "loop"), TMPDIR: dir };
    expect(dirname(await withPrivateDir(env, (folder) => Promise.resolve(folder)))).toBe(dir);
  });
});

describe("the path of a private folder", () => {
  it("is absolute where the variables are relative: the command may go elsewhere", async () => {
    const here = relative(process.cwd(), dir);
    const path = (folder: string): Promise<string> => Promise.resolve(folder);
    expect(dirname(await withPrivateDir({ TMPDIR: here }, path))).toBe(dir);
    // A relative one of these is none.
    mkdirSync(join(dir, "runtime"));
    const both = { XDG_RUNTIME_DIR: join(here, "runtime"), TMPDIR: dir };
    expect(dirname(await withPrivateDir(both, path))).toBe(dir);
  });
});

describe.skipIf(process.platform === "win32")("a FIFO", () => {
  it("serves its reader where no second one can be made", async () => {
    const bin = join(dir, "bin");
    mkdirSync(bin);
    // Works once.
    writeFileSync(
      join(bin, "mkfifo"),
      `#!/bin/sh\ntest -e ${dir}/used && exit 1\n: > ${dir}/used\nPATH=/usr/bin:/bin exec mkfifo "$@"\n`,
      { mode: 0o755 },
    );
    mkdirSync(join(dir, "spares"));
    const path = join(dir, "f");
    const env = { ...process.env, PATH: [bin, process.env["PATH"] ?? ""].join(delimiter) };
    const stop = await serveFifo(utf8("c4n4ry"), { path, spares: join(dir, "spares"), env });
    const read = await runProgram(
      ["cat", path],
      { stderr: "collect", signal: AbortSignal.timeout(5000) },
      process.env,
    );
    expect([read.code, new TextDecoder().decode(read.stdout)]).toEqual([0, "c4n4ry"]);
    // Nobody would serve a second one: it finds nothing, and does not wait.
    expect(existsSync(path)).toBe(false);
    await stop?.();
  });
});

describe("what a run that was killed left", () => {
  it.skipIf(process.platform === "win32")(
    "is removed by the next one, and told; what others use stays",
    async () => {
      const { pid } = spawnSync(process.execPath, ["-e", ""]);
      const [, start = "", world = ""] = makerWord().split("-");
      const gone = [pid.toString(16), start, world].join("-");
      const names = [
        `enc-${gone}-abcDEF`,
        `enc-${makerWord()}-abcDEF`,
        "enc-abcDEF",
        "enc-1-1-00000000-abcDEF",
      ];
      for (const name of names) {
        mkdirSync(join(dir, name), { mode: 0o700 });
        writeFileSync(join(dir, name, "s.yaml"), "plain");
      }
      const told: string[] = [];
      await withPrivateDir(
        { TMPDIR: dir },
        () => Promise.resolve(),
        (message) => told.push(message),
      );
      expect(readdirSync(dir).sort()).toEqual(names.slice(1).sort());
      expect(told).toEqual([`removed what a run that was killed had left: ${join(dir, names[0] ?? "")}`]);
    },
  );
});
