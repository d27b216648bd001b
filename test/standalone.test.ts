import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const program = `${root}build/enc`;
const keyFile = `${root}fixtures/sops-3.12.2/age-key.txt`;
const keyLines = readFileSync(keyFile, "utf8").trim().split("\n");
const recipient = /age1\w+/.exec(keyLines.join("\n"))?.[0] ?? "";
const identity = keyLines.at(-1) ?? "";

describe.skipIf(process.env["CI"] !== "true" && !existsSync(program))(
  "build/enc (npm run build:standalone)",
  () => {
    let dir = "";
    beforeAll(() => {
      dir = mkdtempSync(join(tmpdir(), "enc-standalone-"));
    });
    afterAll(() => {
      rmSync(dir, { recursive: true });
    });

    /** Runs it with nothing but what is given: no PATH, so no Node, either. */
    const enc = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
      spawnSync(program, args, { cwd: dir, env: { HOME: dir, ...env } });

    it("tells the package's version", () => {
      const { version } = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as { version: string };
      expect(enc(["--version"]).stdout.toString()).toContain(version);
    });

    it.each(["app.yaml", "app.json", "app.env", "app.ini", "app.bin"])(
      "gives %s back byte for byte",
      (name) => {
        const plain = readFileSync(`${root}fixtures/plain/${name}`);
        copyFileSync(`${root}fixtures/plain/${name}`, join(dir, name));
        expect(enc(["encrypt", "-i", "--age", recipient, name])).toMatchObject({ status: 0 });
        expect(readFileSync(join(dir, name)).equals(plain)).toBe(false);
        expect(enc(["decrypt", "-i", name], { SOPS_AGE_KEY_FILE: keyFile })).toMatchObject({ status: 0 });
        expect(readFileSync(join(dir, name)).equals(plain)).toBe(true);
      },
    );

    // README: "x64 with SSE4.2, glibc 2.17". The names are those of the versions that the program links to.
    it("asks for no newer glibc than the README says", () => {
      const linked =
        readFileSync(program)
          .toString("latin1")
          .match(/GLIBC_2\.\d+/g) ?? [];
      expect(Math.max(...linked.map((name) => Number(name.slice("GLIBC_2.".length))))).toBe(17);
      expect(readFileSync(`${root}README.md`, "utf8")).toContain("glibc 2.17");
    });

    it("says that an inherited variable that is not UTF-8 is not passed on as it is", () => {
      copyFileSync(`${root}fixtures/sops-3.12.2/app.yaml`, join(dir, "sealed.yaml"));
      const line = "X=$(printf 'b\\377x') exec \"$0\" exec-file sealed.yaml 'true {}'";
      const env = { HOME: dir, SOPS_AGE_KEY: identity };
      const { status, stderr } = spawnSync("/bin/sh", ["-c", line, program], { cwd: dir, env });
      expect([status, stderr.toString()]).toEqual([
        0,
        "enc: an inherited variable is not UTF-8: the command gets U+FFFD in place of such bytes\n",
      ]);
    });

    it("opens what sops sealed", () => {
      const opened = enc(["decrypt", `${root}fixtures/sops-3.12.2/app.yaml`], { SOPS_AGE_KEY: identity });
      expect(opened.stdout.equals(readFileSync(`${root}fixtures/sops-3.12.2/decrypted/app.yaml`))).toBe(true);
    });

    // Bun's programs load .env and bunfig.toml of the working directory unless told not to at build time.
    it("takes no key from a .env file that lies about", () => {
      writeFileSync(join(dir, ".env"), `SOPS_AGE_KEY=${identity}\n`);
      const opened = enc(["decrypt", `${root}fixtures/sops-3.12.2/app.yaml`]);
      rmSync(join(dir, ".env"));
      expect(opened.status).toBe(128);
      expect(opened.stdout.toString()).toBe("");
    });

    it("runs no code that bunfig.toml names", () => {
      writeFileSync(join(dir, "bunfig.toml"), 'preload = ["./evil.js"]\n');
      writeFileSync(join(dir, "evil.js"), 'console.log("preloaded")\n');
      const run = enc(["--version"]);
      rmSync(join(dir, "bunfig.toml"));
      expect(run.status).toBe(0);
      expect(run.stdout.toString()).not.toContain("preloaded");
    });
  },
);
