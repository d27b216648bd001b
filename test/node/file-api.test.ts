import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
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

  it("seal nothing twice under the name of another kind, unless told to", async () => {
    await encryptFile(file, { recipients: [RECIPIENT], writeTo: file });
    const copy = join(dir, "a.bin");
    copyFileSync(file, copy);
    await expect(encryptFile(copy, { recipients: [RECIPIENT] })).rejects.toMatchObject({
      code: "ALREADY_ENCRYPTED",
      hint: 'decryptFile opens it; to encrypt it once more: format: "binary"',
      place: { file: copy },
    });
    const twice = await encryptFile(copy, { recipients: [RECIPIENT], format: "binary" });
    expect(JSON.parse(fromUtf8(twice))).toMatchObject({ data: expect.stringContaining("ENC[") as unknown });
  });

  it("say by the host's warn that a .env.local is sealed as one value", async () => {
    const local = join(dir, ".env.local");
    writeFileSync(local, PLAIN);
    writeFileSync(join(dir, ".sops.yaml"), `creation_rules: [{ age: ${RECIPIENT} }]\n`);
    const told: string[] = [];
    const telling = nodeHost({ env: {}, warn: (message) => told.push(message) });
    const sealed = await encryptFile(local, { host: telling });
    expect(JSON.parse(fromUtf8(sealed))).toHaveProperty("data");
    expect(told).toEqual([expect.stringMatching(/\.env\.local is sealed as one value.*: format: "dotenv",/)]);
    await encryptFile(local, { host: telling, format: "dotenv" });
    expect(told).toHaveLength(1);
  });

  it("write over nothing that has nothing to do with it", async () => {
    const [sealed, plain] = [join(dir, "sealed.env"), join(dir, "plain.env")];
    writeFileSync(plain, "C=three\n");
    await encryptFile(plain, { recipients: [RECIPIENT], writeTo: sealed });
    const other = readFileSync(sealed);
    const recipients = [RECIPIENT];
    for (const making of [
      encryptFile(file, { recipients, writeTo: plain }),
      encryptFile(file, { recipients, writeTo: sealed }),
      encryptFile(file, { recipients, writeTo: file }).then(() =>
        decryptFile(file, { host, writeTo: sealed }),
      ),
    ])
      await expect(making).rejects.toMatchObject({ code: "CANNOT_WRITE" });
    expect(readFileSync(plain, "utf8")).toBe("C=three\n");
    expect(readFileSync(sealed)).toEqual(other);
  });

  it("tell what is gone of the sealed file that another one replaces", async () => {
    const sealed = join(dir, "sealed.env");
    const told: string[] = [];
    const telling = nodeHost({ env: {}, warn: (message) => told.push(message) });
    const options = { recipients: [RECIPIENT], writeTo: sealed, host: telling };
    await encryptFile(file, options);
    await encryptFile(file, options);
    expect(told).toEqual([]);
    writeFileSync(file, "A=one\n");
    await encryptFile(file, options);
    expect(told).toEqual([`${sealed}: the file that is replaced held ["B"], and the new one does not`]);
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

  it("name the file in their errors, one that is not there in the message, too", async () => {
    const missing = join(dir, "none.env");
    const wanted = {
      code: "FILE_NOT_FOUND",
      message: `there is no file ${missing}`,
      place: { file: missing },
    };
    await expect(decryptFile(missing, { host })).rejects.toMatchObject(wanted);
    await expect(encryptFile(missing, { recipients: [RECIPIENT] })).rejects.toMatchObject(wanted);
    await expect(readEnv([missing], { host })).rejects.toMatchObject(wanted);
    await expect(decryptFile("", { host })).rejects.toMatchObject({ code: "NO_FILE" });
    await expect(decryptFile(file, { host })).rejects.toMatchObject({ code: "NO_METADATA", place: { file } });
    await expect(encryptFile(file, { recipients: [] })).rejects.toMatchObject({ code: "NO_KEYS" });
    const writeTo = join(dir, "none/a.env");
    await expect(encryptFile(file, { recipients: [RECIPIENT], writeTo })).rejects.toMatchObject({
      code: "CANNOT_WRITE",
      place: { file: writeTo },
    });
  });
});
