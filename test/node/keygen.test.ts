import * as age from "age-encryption";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Host } from "../../src/core/ports/host.ts";
import { nodeHost } from "../../src/node/host.ts";
import { keygen } from "../../src/node/keygen.ts";
import { generateIdentity, recipientOfIdentity } from "../../src/ops/keygen.ts";
import { provider as ageProvider } from "../../src/providers/age/index.ts";

const NOW = new Date("2026-01-02T03:04:05.678Z");
const FILE =
  /^# created: 2026-01-02T03:04:05Z\n# public key: (age1[a-z0-9]{58})\nAGE-SECRET-KEY-1[A-Z0-9]{58}\n$/;

let dir = "";
let host: Host;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "enc-keygen-"));
  host = nodeHost({ env: { HOME: dir, XDG_CONFIG_HOME: join(dir, "config"), AppData: join(dir, "config") } });
});
afterEach(() => rm(dir, { recursive: true }));

async function modeOf(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o777).toString(8);
}

describe("generateIdentity", () => {
  test("makes a key pair that age-encryption knows, on Node and without its crypto", async () => {
    for (const pair of [await generateIdentity(host), await generateIdentity()]) {
      expect(await age.identityToRecipient(pair.identity)).toBe(pair.recipient);
      expect(await recipientOfIdentity(` ${pair.identity}\n`, host)).toBe(pair.recipient);
    }
  });

  test("never the same twice", async () => {
    expect((await generateIdentity(host)).identity).not.toBe((await generateIdentity(host)).identity);
  });

  test("a bad identity is refused and not printed", async () => {
    await expect(recipientOfIdentity("AGE-SECRET-KEY-1CANARY")).rejects.toThrow(
      expect.objectContaining({ code: "BAD_IDENTITY", message: "not an X25519 age identity" }),
    );
  });
});

describe("keygen", () => {
  test("writes where enc and sops look, for the owner alone, and the key works at once", async () => {
    const { file, recipient, text } = await keygen({ host, now: NOW });
    const path = join(dir, "config", "sops", "age", "keys.txt");
    expect([file, text]).toEqual([path, ""]);
    expect(FILE.exec(await readFile(path, "utf8"))?.[1]).toBe(recipient);
    if (process.platform !== "win32")
      expect([await modeOf(path), await modeOf(join(dir, "config", "sops", "age"))]).toEqual(["600", "700"]);
    const key = { type: "age", fields: { recipient } } as const;
    const enc = await ageProvider.wrap(key, new Uint8Array(32), host);
    expect(await ageProvider.unwrap({ ...key, enc }, host)).toEqual(new Uint8Array(32));
  });

  test("never overwrites and never appends", async () => {
    await keygen({ host, now: NOW });
    const path = join(dir, "config", "sops", "age", "keys.txt");
    const before = await readFile(path);
    await expect(keygen({ host, now: NOW })).rejects.toThrow(
      expect.objectContaining({ code: "CANNOT_WRITE", hint: expect.stringContaining("--output") as string }),
    );
    expect(await readFile(path)).toEqual(before);
  });

  test("writes to a file that is named, whose mode does not depend on the umask", async () => {
    const output = join(dir, "my.key");
    const old = process.umask(0o777);
    const { file } = await keygen({ host, now: NOW, output }).finally(() => process.umask(old));
    expect(file).toBe(output);
    if (process.platform !== "win32") expect(await modeOf(output)).toBe("600");
    expect(await readFile(output, "utf8")).toMatch(FILE);
  });

  test("- hands the text back and writes nothing", async () => {
    const { file, recipient, text } = await keygen({ host, now: NOW, output: "-" });
    expect(file).toBeNull();
    expect(FILE.exec(text)?.[1]).toBe(recipient);
    expect(await readdir(dir)).toEqual([]);
  });

  test("does not make a directory that was named, nor replace one", async () => {
    await expect(keygen({ host, now: NOW, output: join(dir, "no", "k") })).rejects.toThrow(
      expect.objectContaining({ code: "CANNOT_WRITE", hint: "make its directory first" }),
    );
    await mkdir(join(dir, "d"));
    await expect(keygen({ host, now: NOW, output: join(dir, "d") })).rejects.toThrow("exists already");
    await writeFile(join(dir, "config"), "");
    await expect(keygen({ host, now: NOW })).rejects.toThrow(
      expect.objectContaining({ code: "CANNOT_WRITE" }),
    );
    expect((await readdir(dir)).sort()).toEqual(["config", "d"]);
  });

  test("says so where the platform has no place for it", async () => {
    await expect(keygen({ host: nodeHost({ env: {} }), now: NOW })).rejects.toThrow(
      expect.objectContaining({ code: "CANNOT_WRITE", hint: "name one with --output" }),
    );
  });
});
