import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { utf8 } from "../../src/core/bytes.ts";
import { serveFifo } from "../../src/node/fifo.ts";
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
  it("that cannot be removed is named: plain text may be left in it", async () => {
    let made = "";
    const fill = (folder: string): Promise<void> => {
      made = folder;
      mkdirSync(join(folder, "closed"));
      writeFileSync(join(folder, "closed/x"), "c4n4ry");
      chmodSync(join(folder, "closed"), 0o500);
      return Promise.resolve();
    };
    await unprivileged(() =>
      expect(withPrivateDir({ TMPDIR: dir }, fill)).rejects.toMatchObject({
        code: "CANNOT_WRITE",
        hint: "remove it yourself: it may hold plain text",
      }),
    );
    chmodSync(join(made, "closed"), 0o700);
    expect(existsSync(made)).toBe(true);
  });

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
    await stop?.();
  });
});
