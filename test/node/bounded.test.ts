import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nodeHost } from "../../src/node/host.ts";
import { readInput } from "../../src/node/read-input.ts";
import { runProgram } from "../../src/node/run-program.ts";
import { enc } from "../support/cli.ts";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "enc-test-"));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

/** A file that is all hole. */
function zeros(name: string, mib: number): string {
  const path = join(dir, name);
  writeFileSync(path, "");
  truncateSync(path, mib * 1024 * 1024);
  return path;
}

describe("what does not end, or is far too long", () => {
  it.skipIf(process.platform === "win32")("is no input", async () => {
    await expect(readInput("/dev/zero")).rejects.toMatchObject({
      code: "CANNOT_READ",
      message: "cannot read the file: too large",
    });
  });

  it("is no key file", async () => {
    const path = zeros("keys.txt", 17);
    await expect(nodeHost().readFile(path)).rejects.toMatchObject({ code: "CANNOT_READ" });
  });

  it("is no config", async () => {
    zeros(".sops.yaml", 17);
    writeFileSync(join(dir, "a.yaml"), "a: 1\n");
    const { code, stderr } = await enc(["encrypt", "a.yaml"], { cwd: dir, env: {} });
    expect(code).not.toBe(0);
    expect(stderr).toContain("cannot read the config: too large");
  });

  it("is no diff: textconv says so, and git goes on", async () => {
    zeros("a.yaml", 300);
    const { code, stdout, stderr } = await enc(["textconv", "a.yaml"], { cwd: dir, env: {} });
    expect({ code, stdout: stdout.length }).toEqual({ code: 0, stdout: 0 });
    expect(stderr).toContain("a.yaml: cannot read the file: too large");
  });

  it("ends the program that prints it", async () => {
    const code = "const b = Buffer.alloc(1 << 20); const w = () => process.stdout.write(b, w); w();";
    const run = runProgram([process.execPath, "-e", code], { stderr: "collect" }, process.env);
    await expect(run).rejects.toMatchObject({
      code: "EXEC",
      message: expect.stringContaining("printed more than 16 MiB") as string,
    });
  });
});
