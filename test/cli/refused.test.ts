import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { decryptFile, encryptFile, nodeHost } from "../../src/node.ts";
import { enc } from "../support/cli.ts";
import { IDENTITY, RECIPIENT } from "../support/context.ts";
import { hasPermissions, unprivileged } from "../support/unprivileged.ts";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "enc-test-"));
});
afterEach(() => {
  // A test may have made it read-only.
  chmodSync(dir, 0o755);
  rmSync(dir, { recursive: true, force: true });
});

describe.runIf(hasPermissions && process.env["ENC_BIN"] === undefined)(
  "what may not be read or written",
  () => {
    const run = (...argv: string[]): ReturnType<typeof enc> =>
      unprivileged(() => enc(argv, { cwd: dir, env: { SOPS_AGE_KEY: IDENTITY } }));

    it("is told, and stays as it is", async () => {
      chmodSync(dir, 0o777);
      const file = join(dir, "a.json");
      writeFileSync(file, '{"a": "c4n4ry"}', { mode: 0o600 });
      chmodSync(file, 0o000);
      expect(await run("encrypt", "-i", "--age", RECIPIENT, "a.json")).toMatchObject({
        code: 2,
        stderr:
          "enc: a.json: cannot read the file: permission denied\n" +
          "  hint: check that it is a file and that you may read it\n",
      });
      chmodSync(file, 0o444);
      expect(await run("encrypt", "-i", "--age", RECIPIENT, "a.json")).toMatchObject({
        code: 3,
        stderr: expect.stringContaining("enc: a.json: cannot write the file: permission denied\n") as string,
      });
      chmodSync(file, 0o666);
      chmodSync(dir, 0o555);
      expect(await run("encrypt", "-i", "--age", RECIPIENT, "a.json")).toMatchObject({
        code: 3,
        stderr: expect.stringContaining("allow writing in the folder") as string,
      });
      expect(readFileSync(file, "utf8")).toBe('{"a": "c4n4ry"}');
      expect(readdirSync(dir)).toEqual(["a.json"]);
    });
  },
);

/** The secrets, and forms of them that must not show up either. */
const CANARY = "c4n4ry-5ecret";
const FORMS = [
  CANARY,
  Buffer.from(CANARY).toString("base64").slice(0, 14),
  Buffer.from(CANARY).toString("hex"),
];

const PLAIN: Readonly<Record<string, string>> = {
  "a.json": `{"a": {"b": "${CANARY}"}, "list": ["${CANARY}"]}\n`,
  "a.yaml": `a: "${CANARY}"\n# ${CANARY}\nb: |\n  ${CANARY}\nlist: [ "${CANARY}" ]\n`,
  "a.env": `A=${CANARY}\n# ${CANARY}\n`,
  "a.ini": `[s]\na = ${CANARY}\n; ${CANARY}\n`,
  "a.bin": CANARY,
};

/** Ways to spoil a text; each makes most files fail in some way. */
const SPOIL: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => text.slice(0, text.length / 2),
  (text) => text.slice(0, text.length / 3),
  (text) => text + text,
  (text) => `\ufffe${text}`,
  (text) => text.replaceAll(CANARY, `${CANARY}": [`),
  (text) => text.replaceAll(CANARY, `${CANARY}\n  }\t: - `),
  (text) => text.replaceAll(":", ""),
  (text) => text.replaceAll("=", ""),
  (text) => text.replace(/tag:./, "tag:#"),
  (text) => text.replace(/data:../, "data:AA"),
  (text) => text.replace(/"?mac"?[:=] ?"?ENC/, "mac: ENK"),
  (text) => text.replace("age1", "agf1"),
  (text) => text.replace("-----BEGIN", "----BEGIN"),
  (text) => text.replace(/version/g, "verzion"),
  (text) => text.replace(/lastmodified/g, "lastmodify"),
];

describe("a secret", () => {
  it.each(Object.keys(PLAIN))("of %s shows up in no error", async (name) => {
    const file = join(dir, name);
    const host = nodeHost({ env: { SOPS_AGE_KEY: IDENTITY }, warn: () => undefined });
    writeFileSync(file, PLAIN[name] ?? "");
    const sealed = Buffer.from(await encryptFile(file, { recipients: [RECIPIENT] })).toString();
    let failures = 0;
    const check = (error: unknown, what: string): void => {
      failures++;
      const text = inspect(error, { depth: 10, showHidden: true });
      for (const form of FORMS) expect(text, what).not.toContain(form);
    };
    for (const [i, spoil] of SPOIL.entries()) {
      writeFileSync(file, spoil(PLAIN[name] ?? ""));
      await encryptFile(file, { recipients: [RECIPIENT] }).catch((e: unknown) => {
        check(e, `encrypt ${String(i)}`);
      });
      writeFileSync(file, spoil(sealed));
      for (const extract of [undefined, '["a"]["x"]', '["none"]'])
        await decryptFile(file, { host, extract }).catch((e: unknown) => {
          check(e, `decrypt ${String(i)}`);
        });
    }
    expect(failures).toBeGreaterThan(10);
  });

  it.each(Object.keys(PLAIN))("of %s shows up in no message of a command", async (name) => {
    const env = {
      PATH: process.env["PATH"] ?? "",
      HOME: dir,
      TMPDIR: dir,
      SOPS_AGE_KEY: IDENTITY,
      EDITOR: "true",
    };
    writeFileSync(join(dir, name), PLAIN[name] ?? "");
    const options = { cwd: dir, env };
    const sealed = (await enc(["encrypt", "--age", RECIPIENT, name], options)).stdout.toString();
    const commands = [
      ["decrypt", "--output", "out", name],
      ["edit", name],
      ["set", name, '["a"]', CANARY],
      ["unset", name, '["none"]'],
      ["rotate", "--output", "out", name],
      ["exec-env", name, "true"],
      ["filestatus", name],
      ["encrypt", "--age", RECIPIENT, "--output", "out", name],
    ];
    for (const spoil of SPOIL) {
      for (const argv of commands) {
        writeFileSync(join(dir, name), spoil(sealed));
        const { stderr } = await enc(argv, options);
        for (const form of FORMS) expect(stderr, argv.join(" ")).not.toContain(form);
        expect(stderr, argv.join(" ")).not.toContain("unexpected");
      }
    }
  });
});
