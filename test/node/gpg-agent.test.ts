import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import * as age from "age-encryption";
import { nodeHost } from "../../src/node/host.ts";
import { provider as ageProvider } from "../../src/providers/age/index.ts";
import { cacheName } from "../../src/providers/age/cache-name.ts";
import { IDENTITY, RECIPIENT } from "../support/context.ts";
import { describeWith, requirePart } from "../support/parts.ts";

const PASSPHRASE = "a % wörd\u00a0+ more";
const DATA_KEY = new Uint8Array(32).fill(9);

describeWith(["gpg-connect-agent", "gpg-agent", "sops"], "a real gpg-agent", () => {
  let dir = "";
  const env = (): Record<string, string> => ({
    PATH: process.env["PATH"] ?? "",
    HOME: dir,
    GNUPGHOME: join(dir, "gnupg"),
    SOPS_AGE_KEY_FILE: join(dir, "key.age"),
    GPG_AGENT_INFO: `${join(dir, "gnupg", "S.gpg-agent")}:1:1`,
    SOPS_DISABLE_VERSION_CHECK: "1",
    // sops sends the agent an option without a value where this is not set, which the agent refuses.
    TERM: "dumb",
  });
  const agent = (command: string): string =>
    execFileSync(requirePart("gpg-connect-agent"), [command, "/bye"], {
      env: env(),
      stdio: "pipe",
    }).toString();
  const asked = (): number => readFileSync(join(dir, "asked"), "utf8").length;
  /** The pinentry will answer so; null: the user presses Cancel. */
  const typing = (text: string | null): void => {
    const escaped = text === null ? "" : encodeURIComponent(text).replaceAll("%20", " ");
    writeFileSync(join(dir, "answer"), text === null ? "ERR 83886179 cancelled\n" : `D ${escaped}\nOK\n`);
    writeFileSync(join(dir, "asked"), "");
  };

  beforeAll(async () => {
    // A socket's path must be short.
    dir = mkdtempSync(join(tmpdir(), "eg-"));
    const encrypter = new age.Encrypter();
    encrypter.setScryptWorkFactor(10);
    encrypter.setPassphrase(PASSPHRASE);
    writeFileSync(join(dir, "key.age"), await encrypter.encrypt(`${IDENTITY}\n`));
    const pinentry = join(dir, "pinentry");
    writeFileSync(
      pinentry,
      `#!/bin/sh\necho OK\nwhile read -r line; do case "$line" in\n` +
        `GETPIN*) printf x >> '${dir}/asked'; cat '${dir}/answer';;\nBYE*) echo OK; exit;;\n*) echo OK;;\nesac; done\n`,
    );
    chmodSync(pinentry, 0o755);
    execFileSync("mkdir", ["-m", "700", join(dir, "gnupg")]);
    writeFileSync(join(dir, "gnupg", "gpg-agent.conf"), `pinentry-program ${pinentry}\n`);
  });
  beforeEach(() => {
    agent(`CLEAR_PASSPHRASE ${cacheName(readFileSync(join(dir, "key.age")))}`);
  });
  afterAll(() => {
    agent("KILLAGENT");
    rmSync(dir, { recursive: true, force: true });
  });

  async function unwrap(): Promise<Uint8Array | null> {
    const host = nodeHost({ env: env() });
    const key = { type: "age", fields: { recipient: RECIPIENT } } as const;
    const enc = await ageProvider.wrap(key, DATA_KEY, host);
    return ageProvider.unwrap({ ...key, enc }, host);
  }

  test("asks once, and answers the next process; sops finds the passphrase too", async () => {
    typing(PASSPHRASE);
    expect(await unwrap()).toEqual(DATA_KEY);
    expect(await unwrap()).toEqual(DATA_KEY);
    expect(asked()).toBe(1);
    writeFileSync(join(dir, "plain.json"), `{"a": "hello"}`);
    const sops = (...args: string[]): string =>
      execFileSync(requirePart("sops"), args, { cwd: dir, env: env(), stdio: "pipe" }).toString();
    writeFileSync(join(dir, "sealed.json"), sops("encrypt", "--age", RECIPIENT, "plain.json"));
    expect(JSON.parse(sops("decrypt", "sealed.json"))).toEqual({ a: "hello" });
    expect(asked()).toBe(1);
  });

  test("does not keep a wrong passphrase", async () => {
    typing("wrong");
    await expect(unwrap()).rejects.toThrow(expect.objectContaining({ code: "KEY_DENIED" }));
    typing(PASSPHRASE);
    expect(await unwrap()).toEqual(DATA_KEY);
    expect(asked()).toBe(1);
  });

  test("may be cancelled", async () => {
    typing(null);
    await expect(unwrap()).rejects.toThrow(expect.objectContaining({ code: "CANCELLED" }));
  });
});
