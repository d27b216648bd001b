import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

    it.each([
      ["set", "set", "FILE", "b", "1"],
      ["unset", "unset", "FILE", "b"],
    ])("keeps that change, and makes its own in it: %s", async (_, ...words) => {
      const file = join(dir, "a.yaml");
      writeFileSync(file, "a: c4n4ry\nb: 2\n");
      const env = { PATH: process.env["PATH"] ?? "" };
      expect((await enc(["encrypt", "-i", "--age", RECIPIENT, file], { cwd: dir, env })).code).toBe(0);
      const other = join(dir, "other.yaml");
      copyFileSync(file, other);
      const opened = { cwd: dir, env: { ...env, SOPS_AGE_KEY: IDENTITY } };
      expect((await enc(["set", other, "a", '"theirs"'], opened)).code).toBe(0);
      // While this one asks for the key, the other one's file takes its place.
      const key = join(dir, "key.sh");
      writeFileSync(key, `mv '${other}' '${file}'\necho ${IDENTITY}\n`);
      const argv = words.map((word) => (word === "FILE" ? file : word));
      const result = await enc(argv, { cwd: dir, env: { ...env, SOPS_AGE_KEY_CMD: `sh '${key}'` } });
      expect(result).toMatchObject({ code: 0, stderr: "" });
      const { stdout } = await enc(["decrypt", file], opened);
      expect(stdout.toString()).toBe(words.includes("unset") ? "a: theirs\n" : "a: theirs\nb: 1\n");
    });

    it("many at a time lose no change of each other", async () => {
      const file = join(dir, "a.yaml");
      const env = { PATH: process.env["PATH"] ?? "", SOPS_AGE_KEY: IDENTITY };
      writeFileSync(file, "a: 0\n");
      expect((await enc(["encrypt", "-i", "--age", RECIPIENT, file], { cwd: dir, env })).code).toBe(0);
      const numbers = Array.from({ length: 20 }, (_, i) => i + 1);
      const run = (n: number): ReturnType<typeof enc> =>
        enc(["set", file, `k${String(n)}`, String(n)], { cwd: dir, env });
      const codes = (await Promise.all(numbers.map(run))).map(({ code }) => code);
      const { stdout } = await enc(["decrypt", "--output-type", "json", file], { cwd: dir, env });
      const data = JSON.parse(stdout.toString()) as Record<string, number>;
      expect(numbers.filter((n, i) => codes[i] === 0 && data[`k${String(n)}`] !== n)).toEqual([]);
      expect(codes).toEqual(numbers.map(() => 0));
      expect(readdirSync(dir)).toEqual(["a.yaml"]);
    });

    it.each([
      ["decrypt --output", "decrypt", "sealed.yaml", "--output", "out.yaml"],
      ["rotate --output", "rotate", "sealed.yaml", "--output", "out.yaml"],
    ])("stays in the file of %s, one that is there and one that is new", async (_, ...argv) => {
      const env = { PATH: process.env["PATH"] ?? "" };
      writeFileSync(join(dir, "sealed.yaml"), "a: c4n4ry\n");
      expect((await enc(["encrypt", "-i", "--age", RECIPIENT, "sealed.yaml"], { cwd: dir, env })).code).toBe(
        0,
      );
      const key = join(dir, "key.sh");
      writeFileSync(key, `echo theirs > '${dir}/out.yaml'\necho ${IDENTITY}\n`);
      // What stands there may be replaced: a plain text by a plain one, a sealed by a sealed.
      const same = argv[0] === "rotate" ? readFileSync(join(dir, "sealed.yaml"), "utf8") : "ours\n";
      for (const before of [undefined, same]) {
        rmSync(join(dir, "out.yaml"), { force: true });
        if (before !== undefined) writeFileSync(join(dir, "out.yaml"), before);
        const result = await enc(argv, { cwd: dir, env: { ...env, SOPS_AGE_KEY_CMD: `sh '${key}'` } });
        expect(result.stderr).toContain("out.yaml: the file has changed on the disk while the command ran");
        expect(readFileSync(join(dir, "out.yaml"), "utf8")).toBe("theirs\n");
      }
    });
  },
);
