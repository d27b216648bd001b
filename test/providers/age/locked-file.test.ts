import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import * as age from "age-encryption";
import { utf8 } from "../../../src/core/base/bytes.ts";
import type { WrappedKey } from "../../../src/core/keys/key.ts";
import { nodePrimitives } from "../../../src/node/primitives.ts";
import { provider as ageProvider } from "../../../src/providers/age/index.ts";
import { armor } from "../../../src/providers/age/armor.ts";
import { IDENTITY, RECIPIENT } from "../../support/context.ts";
import { fakeHost, type FakeHost, result } from "../../support/fake-host.ts";
import { describeWith } from "../../support/parts.ts";
import { runAge } from "../../support/real-age.ts";

const DATA_KEY = new Uint8Array(32).fill(42);
const PASSPHRASE = "correct horse canary";
const FILE = "/home/me/.config/sops/age/keys.txt";

async function lock(text: string): Promise<Uint8Array> {
  const encrypter = new age.Encrypter();
  encrypter.setScryptWorkFactor(10);
  encrypter.setPassphrase(PASSPHRASE);
  return encrypter.encrypt(text);
}

function owner(file: string | Uint8Array, typed: string | null, more: Record<string, string> = {}): FakeHost {
  return fakeHost({
    primitives: nodePrimitives,
    home: "/home/me",
    files: { [FILE]: file },
    env: more,
    prompt: () => typed,
  });
}

const keyFor = (recipient: string, enc = ""): WrappedKey => ({ type: "age", fields: { recipient }, enc });
const unwrap = (enc: string, host: FakeHost): Promise<Uint8Array | null> =>
  ageProvider.unwrap(keyFor(RECIPIENT, enc), host);

describe("an identity file behind a passphrase", () => {
  let locked: Uint8Array;
  let enc: string;

  beforeAll(async () => {
    locked = await lock(`# my key\n${IDENTITY}\n`);
    enc = await ageProvider.wrap(keyFor(RECIPIENT), DATA_KEY, fakeHost());
  });

  test("opens, armored or not, and asks once for many files", async () => {
    for (const file of [locked, armor(locked), `\n${armor(locked)}\n`]) {
      const host = owner(file, PASSPHRASE);
      expect(await Promise.all([unwrap(enc, host), unwrap(enc, host)])).toEqual([DATA_KEY, DATA_KEY]);
      expect(await unwrap(enc, host)).toEqual(DATA_KEY);
      expect(host.questions).toEqual([`Enter passphrase for the age keys in ${FILE}:`]);
    }
  });

  test("may come from each place for age's own keys", async () => {
    const text = armor(locked);
    const hosts = [
      fakeHost({ env: { SOPS_AGE_KEY: text }, prompt: () => PASSPHRASE }),
      fakeHost({ env: { SOPS_AGE_KEY_FILE: "/k" }, files: { "/k": locked }, prompt: () => PASSPHRASE }),
      fakeHost({ env: { SOPS_AGE_KEY_CMD: "get" }, run: () => result(0, text), prompt: () => PASSPHRASE }),
    ];
    for (const host of hosts) expect(await unwrap(enc, host)).toEqual(DATA_KEY);
  });

  test("is not asked for where an open key fits, nor for a recipient that cannot be inside", async () => {
    const host = owner(locked, PASSPHRASE, { SOPS_AGE_KEY_CMD: "get" });
    const both = { ...host, run: () => Promise.resolve(result(0, IDENTITY)) };
    expect(await ageProvider.unwrap(keyFor(RECIPIENT, enc), both)).toEqual(DATA_KEY);
    const ssh = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN";
    const forSsh = await ageProvider.wrap(keyFor(ssh), DATA_KEY, fakeHost());
    expect(await ageProvider.unwrap(keyFor(ssh, forSsh), host)).toBeNull();
    expect(host.questions).toEqual([]);
  });

  test.each([
    ["wrong", "KEY_DENIED", `wrong passphrase for ${FILE}`],
    ["", "KEY_DENIED", `wrong passphrase for ${FILE}`],
    [null, "KEY_UNUSABLE", `the passphrase of ${FILE} is needed, and there is no terminal to ask on`],
  ])("%j typed is an error that says so", async (typed, code, message) => {
    const host = owner(locked, typed);
    await expect(unwrap(enc, host)).rejects.toThrow(expect.objectContaining({ code, message }));
    await expect(unwrap(enc, host)).rejects.toThrow(expect.objectContaining({ code, message }));
    expect(host.questions).toHaveLength(2);
  });

  test("may be long, and one without a key that fits is null", async () => {
    const other = await age.generateX25519Identity();
    const chunks = "# a comment\n".repeat(12_000);
    const host = owner(await lock(`${chunks}${other}\n`), PASSPHRASE);
    expect(await unwrap(enc, host)).toBeNull();
    expect(host.questions).toHaveLength(1);
  });

  test("holds native keys only", async () => {
    const host = owner(await lock("AGE-PLUGIN-NONE\n"), PASSPHRASE);
    await expect(unwrap(enc, host)).rejects.toThrow(
      expect.objectContaining({
        code: "BAD_IDENTITY",
        message: `the identity file ${FILE} holds no identity that can stand behind a passphrase`,
      }),
    );
  });

  test("that was damaged is called so, and is not the metadata's", async () => {
    const changed = locked.slice();
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    await expect(unwrap(enc, owner(changed, PASSPHRASE))).rejects.toThrow(
      expect.objectContaining({ code: "BAD_IDENTITY", message: `the identity file ${FILE} is damaged` }),
    );
    expect(await ageProvider.explain?.(keyFor(RECIPIENT), owner(locked.subarray(0, 40), null))).toContain(
      `${FILE} (the identity file ${FILE} is damaged)`,
    );
  });

  test("is explained without being opened", async () => {
    const host = owner(locked, PASSPHRASE);
    expect(await ageProvider.explain?.(keyFor(RECIPIENT), host)).toContain(
      `${FILE} (protected by a passphrase)`,
    );
    expect(host.questions).toEqual([]);
  });

  test("questions come one after the other, whoever asks", async () => {
    let open = 0;
    const host = fakeHost({
      env: { SOPS_AGE_KEY: armor(locked), SOPS_AGE_KEY_FILE: "/k" },
      files: { "/k": await lock("AGE-PLUGIN-NONE\n") },
      prompt: async () => {
        open++;
        await new Promise((done) => setTimeout(done, 5));
        expect(open--).toBe(1);
        return "wrong";
      },
    });
    const outcomes = await Promise.allSettled([unwrap(enc, host), unwrap(enc, host)]);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(host.questions.length).toBeGreaterThan(1);
  });
});

describe("post-quantum keys", () => {
  test("wrap and unwrap, beside other keys", async () => {
    const identity = await age.generateHybridIdentity();
    const recipient = await age.identityToRecipient(identity);
    const key = ageProvider.fromConfig(recipient)[0];
    const host = fakeHost({ env: { SOPS_AGE_KEY: `${IDENTITY} ${identity}` } });
    const enc = await ageProvider.wrap(key ?? keyFor(""), DATA_KEY, host);
    expect(await ageProvider.unwrap(keyFor(recipient, enc), host)).toEqual(DATA_KEY);
    expect(
      await ageProvider.unwrap(keyFor(recipient, enc), fakeHost({ env: { SOPS_AGE_KEY: IDENTITY } })),
    ).toBeNull();
  });

  test("of a wrong length are no recipient", async () => {
    const recipient = await age.identityToRecipient(await age.generateHybridIdentity());
    for (const text of [recipient.slice(0, -1), recipient.toUpperCase(), "age1pq1qqqqqqqqq"])
      expect(() => ageProvider.fromConfig(text)).toThrow(expect.objectContaining({ code: "BAD_RECIPIENT" }));
  });
});

describeWith(["age", "age-keygen", "age-plugin-batchpass"], "the real age", () => {
  test("locks identity files that we open", async () => {
    const env = { AGE_PASSPHRASE: PASSPHRASE, AGE_PASSPHRASE_WORK_FACTOR: "12" };
    const file = runAge("age", ["-e", "-j", "batchpass"], { input: utf8(`${IDENTITY}\n`), env });
    const enc = runAge("age", ["-a", "-r", RECIPIENT], { input: DATA_KEY }).toString();
    expect(await unwrap(enc, owner(new Uint8Array(file), PASSPHRASE))).toEqual(DATA_KEY);
  });

  test("opens our post-quantum files, and we open its", async () => {
    const text = runAge("age-keygen", ["-pq"]).toString();
    const recipient = runAge("age-keygen", ["-y"], { input: text }).toString().trim();
    const host = fakeHost({
      primitives: nodePrimitives,
      env: { SOPS_AGE_KEY_FILE: "/k" },
      files: { "/k": text },
    });
    const enc = await ageProvider.wrap(keyFor(recipient), DATA_KEY, host);
    const dir = mkdtempSync(join(tmpdir(), "enc-pq-"));
    writeFileSync(join(dir, "enc"), enc);
    const opened = runAge("age", ["-d", "-i", "-", join(dir, "enc")], { input: text });
    rmSync(dir, { recursive: true });
    expect(new Uint8Array(opened)).toEqual(DATA_KEY);
    const sealed = runAge("age", ["-a", "-r", recipient], { input: DATA_KEY }).toString();
    expect(await ageProvider.unwrap(keyFor(recipient, sealed), host)).toEqual(DATA_KEY);
  });
});
