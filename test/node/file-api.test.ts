import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fromUtf8 } from "../../src/core/base/bytes.ts";
import { decryptFile, encryptFile, nodeHost, nodeProviders, readEnv } from "../../src/node.ts";
import { IDENTITY, RECIPIENT } from "../support/context.ts";
import { hasPermissions } from "../support/unprivileged.ts";

const PLAIN = "# remark\nA=one\n\nB='two'\n";
const host = nodeHost({ env: { SOPS_AGE_KEY: IDENTITY }, warn: () => undefined });
let dir = "";
let file = "";

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "enc-test-"));
  file = join(dir, "a.env");
  writeFileSync(file, PLAIN);
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

describe("encryptFile and decryptFile", () => {
  it("answer bytes, and write only when told to", async () => {
    const sealed = await encryptFile(file, { recipients: [RECIPIENT] });
    expect(fromUtf8(sealed)).toContain("A=ENC[");
    expect(readFileSync(file, "utf8")).toBe(PLAIN);
    await encryptFile(file, { recipients: [RECIPIENT], writeTo: file });
    expect(readFileSync(file, "utf8")).toContain("A=ENC[");
    expect(fromUtf8(await decryptFile(file, { host }))).toBe(PLAIN);
    const plain = join(dir, "plain.env");
    await decryptFile(file, { host, writeTo: plain });
    expect(readFileSync(plain, "utf8")).toBe(PLAIN);
    if (hasPermissions) expect(statSync(plain).mode & 0o777).toBe(0o600);
  });

  it("take keys and selector of the creation rule", async () => {
    writeFileSync(
      join(dir, ".sops.yaml"),
      `creation_rules:\n  - path_regex: \\.env$\n    age: ${RECIPIENT}\n    encrypted_suffix: B\n`,
    );
    const sealed = fromUtf8(await encryptFile(file));
    expect(sealed).toContain("A=one");
    expect(sealed).toContain("B=ENC[");
  });

  it("extract and convert", async () => {
    await encryptFile(file, { recipients: [RECIPIENT], writeTo: file });
    expect(fromUtf8(await decryptFile(file, { host, extract: '["A"]' }))).toBe("one");
    expect(JSON.parse(fromUtf8(await decryptFile(file, { host, outputFormat: "json" })))).toMatchObject({
      A: "one",
    });
  });

  it("never put one value in the place of the whole file", async () => {
    await encryptFile(file, { recipients: [RECIPIENT], writeTo: file });
    const sealed = readFileSync(file, "utf8");
    const writeTo = `${dir}/./a.env`;
    await expect(decryptFile(file, { host, extract: '["A"]', writeTo })).rejects.toMatchObject({
      code: "CONFLICTING_OPTIONS",
      place: { file },
    });
    expect(readFileSync(file, "utf8")).toBe(sealed);
    await decryptFile(file, { host, writeTo });
    expect(readFileSync(file, "utf8")).toBe(PLAIN);
  });

  it("use the keys of a key service in the place of their own", async () => {
    const { serve } = await import("../../src/node/keyservice/serve.ts");
    const providers = nodeProviders();
    await providers.load();
    const world = { host, providers };
    const service = await serve({ network: "tcp", host: "127.0.0.1", port: 0 }, world);
    const keyServices = { uris: [service.uri], local: false };
    const keyless = { env: { HOME: dir }, warn: () => undefined };
    const without = nodeHost(keyless);
    await encryptFile(file, { recipients: [RECIPIENT], writeTo: file, keyServices });
    expect(fromUtf8(await decryptFile(file, { host: without, keyServices }))).toBe(PLAIN);
    expect(await readEnv([file], { host: without, keyServices })).toEqual(
      new Map([
        ["A", "one"],
        ["B", "'two'"],
      ]),
    );
    await service.stop();
    await expect(decryptFile(file, { host: nodeHost(keyless), keyServices })).rejects.toMatchObject({
      code: "NO_DATA_KEY",
    });
  });

  it("name the file in their errors", async () => {
    await expect(decryptFile(file, { host })).rejects.toMatchObject({ code: "NO_METADATA", place: { file } });
    await expect(encryptFile(file, { recipients: [] })).rejects.toMatchObject({ code: "NO_KEYS" });
    const writeTo = join(dir, "none/a.env");
    await expect(encryptFile(file, { recipients: [RECIPIENT], writeTo })).rejects.toMatchObject({
      code: "CANNOT_WRITE",
      place: { file: writeTo },
    });
  });
});
