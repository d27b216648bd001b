import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { concat, utf8 } from "../../../src/core/base/bytes.ts";
import { loadFormat } from "../../../src/formats/index.ts";
import { nodeHost } from "../../../src/node/host.ts";
import { nodeRuntime } from "../../../src/node/runtime.ts";
import { encrypt } from "../../../src/ops/encrypt.ts";
import { provider as pgpProvider } from "../../../src/providers/pgp/index.ts";
import { enc } from "../../support/cli.ts";
import { IDENTITY, RECIPIENT } from "../../support/context.ts";
import { addSubkey, fingerprints, makeGpgHome, makeKey, type GpgHome } from "../../support/gpg-home.ts";
import { describeWith, part } from "../../support/parts.ts";
import { realSops } from "../../support/real-sops.ts";

const PLAIN = "a: one\nb:\n    - 2\n    - true\n";
const PROGRAMS = [
  ["the newest sops", part("sops")],
  ["the sops of npm", realSops],
].filter((program): program is [string, string] => program[1] !== null);

describeWith(["gpg", "gpgconf", "sops"], "PGP with the real sops", () => {
  let home: GpgHome;
  let dir = "";
  let ed = "";
  let rsa = "";
  let expired = "";
  let subkey = "";
  beforeAll(() => {
    home = makeGpgHome();
    dir = mkdtempSync(join(tmpdir(), "enc-pgp-"));
    [ed] = makeKey(home, "ed");
    [rsa] = makeKey(home, "rsa", { primary: "rsa2048", subkey: "rsa2048" });
    subkey = fingerprints(home, rsa)[1] ?? "";
    addSubkey(home, rsa, "cv25519");
    [expired] = makeKey(home, "old", { made: "20200101T000000", expires: "20200102T000000" });
  });
  afterAll(() => {
    home.stop();
    rmSync(dir, { recursive: true });
  });

  const env = (more: Record<string, string> = {}): Record<string, string> => ({
    PATH: process.env["PATH"] ?? "",
    HOME: dir,
    GNUPGHOME: home.path,
    SOPS_DISABLE_VERSION_CHECK: "1",
    ...more,
  });
  const file = (name: string, text: string | Uint8Array = PLAIN): string => {
    writeFileSync(join(dir, name), text);
    return name;
  };
  const run = async (argv: readonly string[], more: Record<string, string> = {}): Promise<string> => {
    const { code, stdout, stderr } = await enc(argv, { cwd: dir, env: env(more) });
    expect(stderr).toBe("");
    expect(code).toBe(0);
    return stdout.toString();
  };
  const sops = (program: string, argv: readonly string[], more: Record<string, string> = {}): string => {
    const done = spawnSync(program, argv, { cwd: dir, env: env(more) });
    expect(done.stderr.toString()).toBe("");
    return done.stdout.toString();
  };

  describe.each(PROGRAMS)("%s", (_name, program) => {
    test("opens what enc sealed, and the other way round", async () => {
      for (const fp of [ed, rsa, `${subkey}!`]) {
        file("ours.yaml", await run(["encrypt", "--pgp", fp, file("plain.yaml")]));
        expect(sops(program, ["decrypt", "ours.yaml"])).toBe(PLAIN);
        file("theirs.yaml", sops(program, ["encrypt", "--pgp", fp, "plain.yaml"]));
        expect(await run(["decrypt", "theirs.yaml"])).toBe(PLAIN);
      }
    });

    test("the block is laid out alike", async () => {
      const shape = (text: string): string[] =>
        (text.split("\nsops:\n")[1] ?? "")
          .split("\n")
          .map((line) => line.replace(/^(\s*(?:- )?\S+:).*/, "$1"))
          .filter((line) => /:$|-----/.test(line));
      const ours = await run(["encrypt", "--pgp", `${ed},${rsa}`, file("plain.yaml")]);
      const theirs = sops(program, ["encrypt", "--pgp", `${ed},${rsa}`, "plain.yaml"]);
      expect(shape(ours).filter((line) => !line.includes("enc_presentation"))).toEqual(shape(theirs));
    });

    test.each(["json", "env", "ini", "txt"])("a .%s file, both ways", async (extension) => {
      const plain = { json: '{\n\t"a": "b"\n}\n', env: "a=b\n", ini: "[s]\na = b\n", txt: "\0any\r\n" }[
        extension
      ];
      const name = file(`plain.${extension}`, plain ?? "");
      file(`ours.${extension}`, await run(["encrypt", "--pgp", ed, name]));
      expect(sops(program, ["decrypt", `ours.${extension}`])).toBe(plain);
      file(`theirs.${extension}`, sops(program, ["encrypt", "--pgp", ed, name]));
      expect(await run(["decrypt", `theirs.${extension}`])).toBe(plain);
    });

    test("groups with a threshold that mix age and PGP", async () => {
      const key_groups = [{ pgp: [ed] }, { age: [RECIPIENT] }, { pgp: [`${subkey}!`, ed], age: [RECIPIENT] }];
      file("rules.yaml", JSON.stringify({ creation_rules: [{ shamir_threshold: 2, key_groups }] }));
      const seal = ["--config", "rules.yaml", "encrypt", file("plain.yaml")];
      file("ours.yaml", await run(seal));
      file("theirs.yaml", sops(program, seal));
      const nobody = makeGpgHome();
      for (const keys of [
        {},
        { SOPS_AGE_KEY: IDENTITY },
        { SOPS_AGE_KEY: IDENTITY, GNUPGHOME: nobody.path },
      ]) {
        expect(await run(["decrypt", "theirs.yaml"], keys)).toBe(PLAIN);
        expect(sops(program, ["decrypt", "ours.yaml"], keys)).toBe(PLAIN);
      }
      const none = await enc(["decrypt", "ours.yaml"], { cwd: dir, env: env({ GNUPGHOME: nobody.path }) });
      nobody.stop();
      expect(none.code).toBe(128);
      expect(none.stderr).toContain("0 of 3 key groups open, 2 are needed");
      expect(none.stderr).toContain(`pgp ${ed}: gpg has no secret key for it in ${nobody.path}`);
    });

    test("a key that nobody has does not stop the others", async () => {
      const elsewhere = makeGpgHome();
      const [stranger] = makeKey(elsewhere, "stranger");
      home.gpg(["--batch", "--quiet", "--import"], elsewhere.gpg(["--batch", "--export", stranger]));
      elsewhere.stop();
      file("ours.yaml", await run(["encrypt", "--pgp", `${stranger},${ed}`, file("plain.yaml")]));
      const text = readFileSync(join(dir, "ours.yaml"), "utf8");
      const broken = text.replace(/^(\s+)hF4D/m, "$1AAAA");
      expect(broken).not.toBe(text);
      file("broken.yaml", broken);
      for (const name of ["ours.yaml", "broken.yaml"]) {
        expect(await run(["decrypt", name])).toBe(PLAIN);
        expect(sops(program, ["decrypt", name])).toBe(PLAIN);
      }
    });

    test("rotate, add and remove", async () => {
      file("ours.yaml", await run(["encrypt", "--age", RECIPIENT, file("plain.yaml")]));
      const age = { SOPS_AGE_KEY: IDENTITY };
      await run(
        ["rotate", "--quiet", "-i", "--add-pgp", `${ed},${rsa}`, "--rm-age", RECIPIENT, "ours.yaml"],
        age,
      );
      expect(sops(program, ["decrypt", "ours.yaml"])).toBe(PLAIN);
      await run(["rotate", "--quiet", "-i", "--rm-pgp", rsa, "ours.yaml"]);
      expect(readFileSync(join(dir, "ours.yaml"), "utf8")).not.toContain(rsa);
      expect(sops(program, ["decrypt", "ours.yaml"])).toBe(PLAIN);
    });
  });

  test("nothing is written for an expired key", async () => {
    const done = await enc(["encrypt", "-i", "--pgp", `${ed},${expired}`, file("plain.yaml")], {
      cwd: dir,
      env: env(),
    });
    expect(done.code).toBe(1);
    expect(done.stderr).toContain(
      `gpg cannot encrypt for the key ${expired}: it has expired on 2020-01-02T00:00:00Z`,
    );
    expect(readFileSync(join(dir, "plain.yaml"), "utf8")).toBe(PLAIN);
  });

  test("a file whose data key is in text mode opens here, and not in sops", async () => {
    file("text.yaml", await sealInTextMode());
    expect(await run(["decrypt", "text.yaml"])).toBe(PLAIN);
    for (const [, program] of PROGRAMS)
      expect(spawnSync(program, ["decrypt", "text.yaml"], { cwd: dir, env: env() }).status).not.toBe(0);
  });

  /** A file whose data key holds a CR and is wrapped as SOPS 2.0 for Go did. */
  async function sealInTextMode(): Promise<Uint8Array> {
    const wrap = (_ref: unknown, dataKey: Uint8Array): Promise<string> => {
      const packet = concat(Uint8Array.of(0xcb, 6 + dataKey.length), utf8("t\0\0\0\0\0"), dataKey);
      const args = ["--no-literal", "--batch", "--quiet", "--trust-model", "always", "-e", "-a", "-r", ed];
      return Promise.resolve(home.gpg(args, packet).toString().trim());
    };
    const randomBytes = (n: number): Uint8Array => nodeRuntime.randomBytes(n).fill(0x0d, 3, 4);
    const format = await loadFormat("yaml");
    return encrypt(
      utf8(PLAIN),
      { input: format, output: format },
      {
        groups: [[{ type: "pgp", fields: { fp: ed } }]],
        shamirThreshold: 0,
        macOnlyEncrypted: false,
      },
      {
        runtime: { ...nodeRuntime, randomBytes },
        host: nodeHost({ env: env() }),
        providers: new Map([["pgp", { ...pgpProvider, wrap }]]),
      },
    );
  }
});
