import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { enc } from "../support/cli.ts";
import { IDENTITY, RECIPIENT } from "../support/context.ts";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "enc-test-"));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

describe.skipIf(process.platform === "win32")(
  "a file that somebody else changes while a command runs",
  () => {
    it.each<[string, number, ...string[]]>([
      ["set", 3, "set", "FILE", "a", "1"],
      ["unset", 3, "unset", "FILE", "a"],
      ["rotate -i", 3, "rotate", "-i", "FILE"],
      ["decrypt -i", 3, "decrypt", "-i", "FILE"],
      ["groups add -i", 1, "groups", "add", "-i", "--age", RECIPIENT, "--file", "FILE"],
    ])("keeps that change: %s", async (_, code, ...words) => {
      const file = join(dir, "a.yaml");
      writeFileSync(file, "a: c4n4ry\n");
      const env = { PATH: process.env["PATH"] ?? "" };
      expect((await enc(["encrypt", "-i", "--age", RECIPIENT, file], { cwd: dir, env })).code).toBe(0);
      const before = readFileSync(file, "utf8");
      // Another command writes while this one asks for the key.
      const key = join(dir, "key.sh");
      writeFileSync(key, `echo '# theirs' >> '${file}'\necho ${IDENTITY}\n`);
      const argv = words.map((word) => (word === "FILE" ? file : word));
      expect(await enc(argv, { cwd: dir, env: { ...env, SOPS_AGE_KEY_CMD: `sh '${key}'` } })).toMatchObject({
        code,
        stderr:
          `enc: ${file}: the file has changed on the disk while the command ran\n` +
          "  hint: run the command again\n",
      });
      expect(readFileSync(file, "utf8")).toBe(`${before}# theirs\n`);
    });
  },
);
