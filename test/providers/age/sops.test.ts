import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { utf8 } from "../../../src/core/base/bytes.ts";
import { nodeHost } from "../../../src/node/host.ts";
import { provider as ageProvider } from "../../../src/providers/age/index.ts";
import { encodeBech32 } from "../../../src/providers/age/bech32.ts";
import { describeWith, requirePart } from "../../support/parts.ts";
import { pathWithPlugins, runAge } from "../../support/real-age.ts";

interface SealedFile {
  sops: { age: { recipient: string; enc: string }[] };
}

/** Kinds of keys that only newer versions of sops know; X25519 and SSH keys have their tests elsewhere. */
describeWith(["sops", "age-keygen", "age-plugin-pq"], "the newest sops", () => {
  let dir = "";
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), "enc-age-sops-"));
    cpSync(join(import.meta.dirname, "../../support/age-plugin-fake.mjs"), join(dir, "age-plugin-fake"));
    writeFileSync(join(dir, "plain.json"), `{"a": "hello"}`);
  });
  afterAll(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  const environment = (identity: string): Record<string, string> => ({
    PATH: `${dir}:${pathWithPlugins()}`,
    HOME: dir,
    FAKE_PLUGIN_LOG: join(dir, "log"),
    SOPS_DISABLE_VERSION_CHECK: "1",
    SOPS_AGE_KEY: identity,
  });
  const sops = (args: readonly string[], identity: string): string =>
    execFileSync(requirePart("sops"), args, { cwd: dir, env: environment(identity) }).toString();

  test.each([
    ["a post-quantum key", postQuantum],
    ["a post-quantum key by its plugin", postQuantumPlugin],
    ["a plugin", () => fakePlugin("work")],
    ["a plugin that asks for something unknown", () => fakePlugin("unknown")],
  ])("%s: it opens what we wrap, and we open what it wraps", async (_name, keys) => {
    const { recipient, identity } = keys();
    const host = nodeHost({ env: environment(identity) });
    const file = JSON.parse(sops(["encrypt", "--age", recipient, "plain.json"], "")) as SealedFile;
    const enc = file.sops.age[0]?.enc ?? "";
    const dataKey = await ageProvider.unwrap({ type: "age", fields: { recipient }, enc }, host);
    expect(dataKey).toHaveLength(32);
    const ours = await ageProvider.wrap({ type: "age", fields: { recipient } }, dataKey ?? utf8(""), host);
    file.sops.age = [{ recipient, enc: ours }];
    writeFileSync(join(dir, "sealed.json"), JSON.stringify(file));
    expect(JSON.parse(sops(["decrypt", "sealed.json"], identity))).toEqual({ a: "hello" });
  });
});

interface Keys {
  readonly recipient: string;
  readonly identity: string;
}

function postQuantum(): Keys {
  const text = runAge("age-keygen", ["-pq"]).toString();
  const identity = text.split("\n").find((line) => line.startsWith("AGE-SECRET-KEY-PQ-1")) ?? "";
  return { identity, recipient: runAge("age-keygen", ["-y"], { input: text }).toString().trim() };
}

function postQuantumPlugin(): Keys {
  const { identity, recipient } = postQuantum();
  const text = runAge("age-plugin-pq", ["-identity"], { input: `${identity}\n` }).toString();
  return { recipient, identity: text.split("\n").find((line) => line.startsWith("AGE-PLUGIN-PQ-1")) ?? "" };
}

function fakePlugin(does: string): Keys {
  return {
    recipient: encodeBech32("age1fake", utf8(does)),
    identity: encodeBech32("age-plugin-fake-", utf8(does)).toUpperCase(),
  };
}
