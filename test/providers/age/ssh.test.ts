import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Host } from "../../../src/core/ports/host.ts";
import type { WrappedKey } from "../../../src/core/keys/key.ts";
import { nodePrimitives } from "../../../src/node/primitives.ts";
import { provider as ageProvider } from "../../../src/providers/age/index.ts";
import { fakeHost, type FakeHost } from "../../support/fake-host.ts";
import { describeWith, requirePart } from "../../support/parts.ts";
import { runAge } from "../../support/real-age.ts";
import { realSops, runSops } from "../../support/real-sops.ts";

const DATA_KEY = new Uint8Array(32).map((_, i) => 255 - i);
const PASSPHRASE = "pass wörd canary";
const VARIABLE = "SOPS_AGE_SSH_PRIVATE_KEY_FILE";

describeWith(["ssh-keygen", "age"], "SSH keys", () => {
  let dir = "";
  const at = (name: string): string => join(dir, name);
  const text = (name: string): string => readFileSync(at(name), "utf8");
  const keygen = (...args: string[]): void => void execFileSync(requirePart("ssh-keygen"), ["-q", ...args]);
  /** A copy of a key, without its public half beside it, written anew in another way. */
  const rewrite = (from: string, to: string, ...args: string[]): void => {
    copyFileSync(at(from), at(to));
    keygen("-p", "-P", "", "-f", at(to), ...args);
  };

  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), "enc-ssh-"));
    keygen("-t", "ed25519", "-N", "", "-C", "me@host", "-f", at("ed25519"));
    keygen("-t", "rsa", "-b", "2048", "-N", "", "-C", "", "-f", at("rsa"));
    keygen("-t", "ecdsa", "-N", "", "-f", at("ecdsa"));
    keygen("-t", "rsa", "-b", "1024", "-N", "", "-f", at("small"));
    rewrite("ed25519", "ed25519.ctr", "-N", PASSPHRASE, "-a", "4");
    rewrite("ed25519", "ed25519.chacha", "-N", PASSPHRASE, "-a", "1", "-Z", "chacha20-poly1305@openssh.com");
    rewrite("rsa", "rsa.ctr", "-N", PASSPHRASE, "-a", "1");
    rewrite("rsa", "rsa.cbc", "-N", PASSPHRASE, "-a", "2", "-Z", "aes128-cbc");
    rewrite("rsa", "rsa.gcm", "-N", PASSPHRASE, "-a", "1", "-Z", "aes256-gcm@openssh.com");
    rewrite("rsa", "rsa.pem", "-N", "", "-m", "PEM");
    rewrite("rsa", "rsa.pem-locked", "-N", PASSPHRASE, "-m", "PEM");
    rewrite("rsa", "rsa.pkcs8", "-N", "", "-m", "PKCS8");
    rewrite("rsa", "rsa.pkcs8-locked", "-N", PASSPHRASE, "-m", "PKCS8");
  });
  afterAll(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  const recipient = (name: string): string => text(`${name}.pub`).trim();
  const keyFor = (name: string, enc = ""): WrappedKey => ({
    type: "age",
    fields: { recipient: recipient(name) },
    enc,
  });
  const sealedByAge = (name: string): string =>
    runAge("age", ["-a", "-R", at(`${name}.pub`)], { input: DATA_KEY }).toString();
  const holder = (name: string, passphrase: string | null = null): FakeHost =>
    fakeHost({
      primitives: nodePrimitives,
      env: { [VARIABLE]: "/key" },
      files: { "/key": text(name) },
      prompt: () => passphrase,
    });
  const unwrap = (name: string, enc: string, host: Host): Promise<Uint8Array | null> =>
    ageProvider.unwrap(keyFor(name, enc), host);

  test.each([
    ["ed25519", "node:crypto", nodePrimitives],
    ["rsa", "node:crypto", nodePrimitives],
    ["ed25519", "noble", undefined],
    ["rsa", "noble", undefined],
  ])("%s by %s: age opens what we wrap, and we open what age wraps", async (name, _crypto, primitives) => {
    const host = fakeHost({ primitives, env: { [VARIABLE]: "/key" }, files: { "/key": text(name) } });
    const enc = await ageProvider.wrap(keyFor(name), DATA_KEY, host);
    expect(new Uint8Array(runAge("age", ["-d", "-i", at(name)], { input: enc }))).toEqual(DATA_KEY);
    expect(await unwrap(name, enc, host)).toEqual(DATA_KEY);
    expect(await unwrap(name, sealedByAge(name), host)).toEqual(DATA_KEY);
  });

  test.each(["ed25519.ctr", "rsa.ctr", "rsa.cbc", "rsa.gcm", "rsa.pem-locked"])(
    "%s opens with its passphrase, asked for once",
    async (name) => {
      const owner = name.slice(0, name.indexOf("."));
      const host = holder(name, PASSPHRASE);
      expect(await unwrap(owner, sealedByAge(owner), host)).toEqual(DATA_KEY);
      expect(await unwrap(owner, sealedByAge(owner), host)).toEqual(DATA_KEY);
      expect(host.questions).toEqual(["Enter passphrase for /key:"]);
    },
  );

  test.each(["rsa.pem", "rsa.pkcs8"])("%s opens", async (name) => {
    expect(await unwrap("rsa", sealedByAge("rsa"), holder(name))).toEqual(DATA_KEY);
  });

  test("an Ed25519 key in PKCS #8 opens", async () => {
    const { generateKeyPairSync } = await import("node:crypto");
    const pair = generateKeyPairSync("ed25519");
    const x = pair.publicKey.export({ format: "jwk" }).x ?? "";
    const blob = Buffer.concat([Buffer.from("\0\0\0\x0bssh-ed25519\0\0\0 "), Buffer.from(x, "base64url")]);
    const key = { type: "age", fields: { recipient: `ssh-ed25519 ${blob.toString("base64")}` } } as const;
    const pem = pair.privateKey.export({ format: "pem", type: "pkcs8" }).toString();
    const host = fakeHost({ env: { [VARIABLE]: "/key" }, files: { "/key": pem } });
    const enc = await ageProvider.wrap(key, DATA_KEY, host);
    expect(await ageProvider.unwrap({ ...key, enc }, host)).toEqual(DATA_KEY);
  });

  test.each([
    ["a wrong passphrase", "nope", "KEY_DENIED", "wrong passphrase for /key"],
    ["no terminal", null, "KEY_UNUSABLE", "the passphrase of /key is needed"],
  ])("%s is an error that says so, and is asked for again", async (_what, typed, code, message) => {
    for (const name of ["ed25519.ctr", "rsa.cbc", "rsa.gcm", "rsa.pem-locked"]) {
      const owner = name.slice(0, name.indexOf("."));
      const host = holder(name, typed);
      for (const times of [1, 2]) {
        await expect(unwrap(owner, sealedByAge(owner), host)).rejects.toThrow(
          expect.objectContaining({ code, message: expect.stringContaining(message) as string }),
        );
        expect(host.questions).toHaveLength(times);
      }
    }
  });

  test("only the key that the file names asks for its passphrase", async () => {
    const host = fakeHost({
      home: "/home/me",
      files: {
        "/home/me/.ssh/id_ed25519": text("ed25519.ctr"),
        "/home/me/.ssh/id_rsa": text("rsa.pem-locked"),
        "/home/me/.ssh/id_rsa.pub": text("rsa.pub"),
      },
      prompt: () => PASSPHRASE,
    });
    expect(await unwrap("rsa", sealedByAge("rsa"), host)).toEqual(DATA_KEY);
    expect(host.questions).toEqual(["Enter passphrase for /home/me/.ssh/id_rsa:"]);
  });

  test("another's key asks nothing and is not mine", async () => {
    keygen("-t", "ed25519", "-N", "", "-f", at("other"));
    const host = holder("ed25519.ctr", PASSPHRASE);
    expect(await unwrap("other", sealedByAge("other"), host)).toBeNull();
    expect(host.questions).toEqual([]);
    expect(await ageProvider.explain?.(keyFor("other"), host)).toContain(
      `${VARIABLE} (an ssh-ed25519 key with a passphrase)`,
    );
  });

  test("a key that asks for nothing goes before one that does", async () => {
    const host = fakeHost({
      env: { [VARIABLE]: "/locked", SOPS_AGE_SSH_PRIVATE_KEY_CMD: "get" },
      files: { "/locked": text("rsa.ctr") },
      run: () => ({ code: 0, stdout: new TextEncoder().encode(text("rsa")), stderr: new Uint8Array() }),
    });
    expect(await unwrap("rsa", sealedByAge("rsa"), host)).toEqual(DATA_KEY);
    expect(host.questions).toEqual([]);
  });

  test.each([
    ["ecdsa", "an SSH key of a type that age cannot use: ecdsa-sha2-nistp256"],
    ["rsa.pkcs8-locked", "a key encrypted as PKCS #8: convert it with ssh-keygen -p -f FILE"],
    ["ed25519.chacha", "an SSH key protected by chacha20-poly1305@openssh.com, which enc cannot open"],
    ["ed25519.pub", "not an SSH private key"],
  ])("%s is explained: %s", async (name, why) => {
    expect(await ageProvider.explain?.(keyFor("ed25519"), holder(name))).toContain(`${VARIABLE} (${why})`);
  });

  test("recipients that age refuses are refused", async () => {
    const refused = expect.objectContaining({ code: "BAD_RECIPIENT" }) as Error;
    expect(() => ageProvider.fromConfig(recipient("ecdsa"))).toThrow(refused);
    await expect(ageProvider.wrap(keyFor("small"), DATA_KEY, fakeHost())).rejects.toThrow(refused);
  });

  test("a damaged key is explained, whatever is damaged, and never shown", async () => {
    const body = text("ed25519").split("\n").slice(1, -2).join("");
    for (let i = 0; i < body.length - 8; i += 7) {
      const damagedBody = `${body.slice(0, i)}${body.slice(i + 4)}`;
      const pem = `-----BEGIN OPENSSH PRIVATE KEY-----\n${damagedBody}\n-----END OPENSSH PRIVATE KEY-----\n`;
      const host = fakeHost({ env: { [VARIABLE]: "/key" }, files: { "/key": pem } });
      const outcome = await unwrap("ed25519", SEALED(), host).catch((error: unknown) => error);
      expect(outcome instanceof Uint8Array, `cut at ${String(i)}`).toBe(false);
      expect(await ageProvider.explain?.(keyFor("ed25519"), host)).toMatch(
        /\/?an? .*SSH key|ssh-ed25519 key/,
      );
    }
  });
  let sealed: string | undefined;
  const SEALED = (): string => (sealed ??= sealedByAge("ed25519"));

  test.skipIf(realSops === null).each(["ed25519", "rsa"])(
    "real sops opens what we wrap for %s, and we open what it wraps",
    async (name) => {
      writeFileSync(at("a.json"), `{"a": "hello"}`);
      const sealed = await runSops(["encrypt", "--age", recipient(name), "a.json"], { cwd: dir });
      expect(sealed.stderr).toBe("");
      const file = JSON.parse(Buffer.from(sealed.stdout).toString()) as {
        sops: { age: { enc: string; recipient: string }[] };
      };
      const [first] = file.sops.age;
      expect(first?.recipient).toBe(recipient(name));
      const dataKey = await unwrap(name, first?.enc ?? "", holder(name));
      const enc = await ageProvider.wrap(keyFor(name), dataKey ?? new Uint8Array(), holder(name));
      file.sops.age = [{ recipient: recipient(name), enc }];
      writeFileSync(at("b.json"), JSON.stringify(file));
      const opened = await runSops(["decrypt", "b.json"], { cwd: dir, env: { [VARIABLE]: at(name) } });
      expect(opened.stderr).toBe("");
      expect(JSON.parse(Buffer.from(opened.stdout).toString())).toEqual({ a: "hello" });
    },
  );
});
