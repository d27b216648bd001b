import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isCalledSops } from "../../src/cli/called.ts";
import { enc } from "../support/cli.ts";
import { IDENTITY, RECIPIENT } from "../support/context.ts";

describe("isCalledSops", () => {
  it.each([
    [["/usr/bin/node", "/usr/local/bin/sops"], "node", true],
    [["bun", "/$bunfs/root/enc"], "sops", true],
    [["bun", "/$bunfs/root/enc"], "./sops.exe", true],
    [["/usr/bin/node", "/usr/local/bin/enc"], "node", false],
    [["/usr/bin/node", "/opt/sops/dist/enc.cjs"], "node", false],
    [["bun", "/$bunfs/root/enc"], "/opt/sops/enc", false],
    [[], "", false],
  ])("%j %s", (argv, argv0, answer) => {
    expect(isCalledSops(argv, argv0)).toBe(answer);
  });
});

describe.runIf(process.env["ENC_BIN"] === undefined)("a bare word", () => {
  let dir = "";
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "enc-test-"));
    writeFileSync(join(dir, ".sops.yaml"), `creation_rules:\n  - age: ${RECIPIENT}\n`);
    writeFileSync(join(dir, "editor.sh"), 'printf changed > "$1"\n');
  });
  afterEach(() => {
    rmSync(dir, { recursive: true, force: true });
  });
  const run = (word: string, asSops: boolean): ReturnType<typeof enc> =>
    enc([word], {
      cwd: dir,
      env: { PATH: process.env["PATH"] ?? "", SOPS_AGE_KEY: IDENTITY, EDITOR: "sh editor.sh" },
      asSops,
    });

  it("is a new file for sops, and no command for enc", async () => {
    expect(await run("init", false)).toMatchObject({ code: 1 });
    expect(await run("init", true)).toMatchObject({ code: 0 });
    expect(await run("init", false)).toMatchObject({ code: 200 });
  });
});
