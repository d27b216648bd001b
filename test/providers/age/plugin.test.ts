import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Host } from "../../../src/core/ports/host.ts";
import type { WrappedKey } from "../../../src/core/keys/key.ts";
import { nodeHost } from "../../../src/node/host.ts";
import { provider as ageProvider } from "../../../src/providers/age/index.ts";
import { encodeBech32 } from "../../../src/providers/age/bech32.ts";
import { utf8 } from "../../../src/core/base/bytes.ts";
import { fakeHost } from "../../support/fake-host.ts";
import { describeWith } from "../../support/parts.ts";
import { pathWithPlugins, runAge } from "../../support/real-age.ts";

const DATA_KEY = new Uint8Array(32).map((_, i) => i * 3);
const recipientThat = (does: string): string => encodeBech32("age1fake", utf8(does));
const identityThat = (does: string): string => encodeBech32("age-plugin-fake-", utf8(does)).toUpperCase();
const keyFor = (recipient: string, enc = ""): WrappedKey => ({ type: "age", fields: { recipient }, enc });

interface World {
  readonly identities?: string;
  readonly typed?: string | null;
}

interface PluginHost extends Host {
  readonly warnings: string[];
  readonly questions: string[];
}

describe.skipIf(process.platform === "win32")("a plugin that does as its key says", () => {
  let dir = "";
  const log = (): string[] =>
    readFileSync(join(dir, "log"), "utf8")
      .split("\n")
      .filter((line) => line !== "");

  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), "enc-plugin-"));
    cpSync(join(import.meta.dirname, "../../support/age-plugin-fake.mjs"), join(dir, "age-plugin-fake"));
    chmodSync(join(dir, "age-plugin-fake"), 0o755);
  });
  beforeEach(() => {
    writeFileSync(join(dir, "log"), "");
  });
  afterAll(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  /** A real process host; the terminal and the warnings are ours. */
  function hostOf({ identities = "", typed = null }: World = {}): PluginHost {
    const env = {
      PATH: `${dir}:${process.env["PATH"] ?? ""}`,
      FAKE_PLUGIN_LOG: join(dir, "log"),
      SOPS_AGE_KEY: identities,
    };
    const warnings: string[] = [];
    const questions: string[] = [];
    return {
      ...nodeHost({ env, warn: (message) => void warnings.push(message) }),
      promptSecret(question) {
        questions.push(question);
        return Promise.resolve(typed);
      },
      warnings,
      questions,
    };
  }

  const wrap = (does = "work"): Promise<string> =>
    ageProvider.wrap(keyFor(recipientThat(does)), DATA_KEY, hostOf());
  const unwrap = (enc: string, host: Host, signal?: AbortSignal): Promise<Uint8Array | null> =>
    ageProvider.unwrap(keyFor(recipientThat("work"), enc), host, signal);

  test("wraps and unwraps, in the root directory", async () => {
    for (let i = 0; i < 4; i++)
      expect(await unwrap(await wrap(), hostOf({ identities: identityThat("work") }))).toEqual(DATA_KEY);
    expect(new Set(log())).toEqual(new Set(["recipient-v1 / files=0", "identity-v1 / files=1"]));
  });

  test("runs once for all its identities and for all files that wait at the same time", async () => {
    const host = hostOf({ identities: `${identityThat("work")}\n${identityThat("message")}` });
    const files = await Promise.all(Array.from({ length: 5 }, () => wrap()));
    writeFileSync(join(dir, "log"), "");
    const keys = await Promise.all(files.map((enc) => unwrap(enc, host)));
    expect(keys).toEqual(files.map(() => DATA_KEY));
    expect(log()).toEqual(["identity-v1 / files=5"]);
    expect(host.warnings).toEqual(["age plugin fake: touch the token"]);
  });

  test("answers null where it has no key", async () => {
    expect(await unwrap(await wrap(), hostOf({ identities: identityThat("other") }))).toBeNull();
  });

  test.each([
    ["unknown", null, []],
    ["secret", "1234", ["age plugin fake: PIN:"]],
    ["confirm", "1", ["age plugin fake: sure? [1: do it, 2: leave it]:"]],
  ])("may want more: %s", async (does, typed, questions) => {
    const host = hostOf({ identities: identityThat(does), typed });
    expect(await unwrap(await wrap(), host)).toEqual(DATA_KEY);
    expect(host.questions).toEqual(questions);
  });

  test("a key that it gives counts more than what went wrong on the way", async () => {
    const host = hostOf({ identities: identityThat("secret"), typed: "canary" });
    expect(await unwrap(await wrap(), host)).toEqual(DATA_KEY);
  });

  test.each([
    ["crash", "ended before it was done"],
    ["garbage", "broke the plugin protocol"],
    ["refuse", "cannot encrypt: no token"],
    ["nothing", "wrapped nothing"],
  ])("that %s fails to wrap, and it is said why", async (does, message) => {
    await expect(wrap(does)).rejects.toThrow(
      expect.objectContaining({
        code: "KEY_UNUSABLE",
        message: `the age plugin fake ${message}`,
        hint: expect.stringContaining("AGEDEBUG=plugin") as string,
      }),
    );
  });

  test.each([
    [["crash"], null, "ended before it was done"],
    [["garbage"], null, "broke the plugin protocol"],
    [["refuse", "other"], null, "cannot decrypt: no token"],
    [["secret", "other"], "canary", "cannot decrypt: bad PIN"],
    [["secret", "other"], null, "cannot decrypt: bad PIN"],
    [["confirm", "other"], "2", "cannot decrypt: declined"],
  ])("that does %j with %j typed fails to unwrap, and it is said why", async (does, typed, message) => {
    const host = hostOf({ identities: does.map(identityThat).join("\n"), typed });
    await expect(unwrap(await wrap(), host)).rejects.toThrow(
      expect.objectContaining({ code: "KEY_UNUSABLE", message: `the age plugin fake ${message}` }),
    );
  });

  test("one that hangs ends with the signal", async () => {
    const enc = await wrap();
    const controller = new AbortController();
    const running = unwrap(enc, hostOf({ identities: identityThat("hang") }), controller.signal);
    while (!log().includes("identity-v1 / files=1")) await new Promise((done) => setTimeout(done, 20));
    controller.abort();
    await expect(running).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
  });

  test("a native key that fits goes first, and no plugin runs", async () => {
    const { IDENTITY, RECIPIENT } = await import("../../support/context.ts");
    const host = hostOf({ identities: `${identityThat("crash")}\n${IDENTITY}` });
    const enc = await ageProvider.wrap(keyFor(RECIPIENT), DATA_KEY, host);
    expect(await unwrap(enc, host)).toEqual(DATA_KEY);
    expect(log()).toEqual([]);
  });
});

describe("a plugin that is not there", () => {
  const recipient = encodeBech32("age1missing", utf8("x"));

  test("is named, with what to install", async () => {
    await expect(ageProvider.wrap(keyFor(recipient), DATA_KEY, nodeHost({ env: {} }))).rejects.toThrow(
      expect.objectContaining({
        code: "EXEC",
        message: "the age plugin missing cannot run: there is no program age-plugin-missing",
        hint: "install age-plugin-missing and put it on the PATH",
      }),
    );
  });

  test("nor can be, where no program runs", async () => {
    await expect(ageProvider.wrap(keyFor(recipient), DATA_KEY, fakeHost())).rejects.toThrow(
      expect.objectContaining({ code: "UNSUPPORTED" }),
    );
  });

  test("has no name that is a path", () => {
    for (const name of ["age1../x", "age1a/b", "age1a b"])
      expect(() => ageProvider.fromConfig(encodeBech32(name, utf8("x")))).toThrow(
        expect.objectContaining({ code: "BAD_RECIPIENT" }),
      );
  });
});

describeWith(["age", "age-keygen", "age-plugin-pq", "age-plugin-tag"], "real plugins", () => {
  const env = { PATH: pathWithPlugins() };

  test("age-plugin-pq opens what we wrap for its recipient, and what age wraps", async () => {
    const native = runAge("age-keygen", ["-pq"]);
    const recipient = runAge("age-keygen", ["-y"], { input: native }).toString().trim();
    const identity = runAge("age-plugin-pq", ["-identity"], { input: native }).toString();
    expect(identity).toContain("AGE-PLUGIN-PQ-1");
    const host = nodeHost({ env: { ...env, SOPS_AGE_KEY: identity } });
    const enc = await ageProvider.wrap(keyFor(recipient), DATA_KEY, host);
    expect(await ageProvider.unwrap(keyFor(recipient, enc), host)).toEqual(DATA_KEY);
    const sealed = runAge("age", ["-a", "-r", recipient], { input: DATA_KEY }).toString();
    expect(await ageProvider.unwrap(keyFor(recipient, sealed), host)).toEqual(DATA_KEY);
  });

  test("age-plugin-tag wraps for a P-256 recipient", async () => {
    const { createECDH } = await import("node:crypto");
    const ecdh = createECDH("prime256v1");
    ecdh.generateKeys();
    const point = new Uint8Array(Buffer.from(ecdh.getPublicKey("hex", "compressed"), "hex"));
    const recipient = encodeBech32("age1tag", point);
    const enc = await ageProvider.wrap(keyFor(recipient), DATA_KEY, nodeHost({ env }));
    const binary = Buffer.from(enc.split("\n").slice(1, -2).join(""), "base64").toString("latin1");
    expect(binary).toMatch(/^age-encryption\.org\/v1\n-> p256tag \S+ \S+\n/);
  });
});
