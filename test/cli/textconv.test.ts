import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type CliResult, enc } from "../support/cli.ts";
import { IDENTITY, RECIPIENT } from "../support/context.ts";
import { type FakeVault, fakeVault } from "../support/servers/fake-vault.ts";

/** Git runs textconv, and a shell completion, without the user's asking: for whatever a branch brings along. */
describe("nothing is dialled and nothing is run", () => {
  let dir = "";
  let vault: FakeVault;
  let env: Record<string, string> = {};
  const ran = (): boolean => existsSync(join(dir, "ran"));
  const run = (...argv: string[]): Promise<CliResult> => enc(argv, { cwd: dir, env });

  beforeAll(async () => {
    vault = await fakeVault();
  });
  afterAll(() => vault.stop());
  beforeEach(() => {
    vault.requests.splice(0);
    dir = mkdtempSync(join(tmpdir(), "enc-textconv-"));
    const program = join(dir, "program.mjs");
    writeFileSync(
      program,
      `import { writeFileSync } from "node:fs"; writeFileSync(${JSON.stringify(join(dir, "ran"))}, ""); console.log(${JSON.stringify(IDENTITY)});`,
    );
    const command = `${JSON.stringify(process.execPath)} ${JSON.stringify(program)}`;
    for (const name of ["gpg", "age-plugin-yubikey"])
      writeFileSync(join(dir, name), `#!/bin/sh\n${command}\nexit 1\n`, { mode: 0o755 });
    env = {
      PATH: `${dir}:${process.env["PATH"] ?? ""}`,
      HOME: dir,
      SOPS_AGE_KEY_CMD: command,
      SOPS_AGE_SSH_PRIVATE_KEY_CMD: command,
      VAULT_TOKEN: "CANARY",
      VAULT_ADDR: vault.url,
      AWS_ACCESS_KEY_ID: "AKIA1",
      AWS_SECRET_ACCESS_KEY: "CANARY",
      AWS_ENDPOINT_URL: vault.url,
      GOOGLE_OAUTH_ACCESS_TOKEN: "CANARY",
      HUAWEICLOUD_SDK_AK: "CANARY",
      HUAWEICLOUD_SDK_SK: "CANARY",
      HUAWEICLOUD_SDK_REGION_KMS_TR_WEST_1: vault.url,
      HTTPS_PROXY: vault.url,
      AZURE_TENANT_ID: "t",
      AZURE_CLIENT_ID: "c",
      AZURE_CLIENT_SECRET: "CANARY",
      SOPS_GPG_EXEC: join(dir, "gpg"),
    };
  });
  afterEach(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  /** One key of each kind, so that each provider would have its turn. */
  async function seal(): Promise<void> {
    writeFileSync(join(dir, "a.json"), '{"a": "one"}\n');
    expect((await run("encrypt", "-i", "--age", RECIPIENT, "a.json")).code).toBe(0);
    const file = JSON.parse(readFileSync(join(dir, "a.json"), "utf8")) as { sops: object };
    const dated = { created_at: "2026-01-01T00:00:00Z", enc: "AAAA" };
    Object.assign(file.sops, {
      hc_vault: [
        { vault_address: vault.url, engine_path: "t", key_name: "k", ...dated, enc: "vault:v1:AAAA" },
      ],
      kms: [{ arn: "arn:aws:kms:eu-west-1:123456789012:key/k", ...dated }],
      gcp_kms: [{ resource_id: "projects/p/locations/l/keyRings/r/cryptoKeys/k", ...dated }],
      azure_kv: [{ vault_url: "https://v.vault.azure.net", name: "k", version: "1", ...dated }],
      hckms: [{ key_id: "tr-west-1:k", ...dated }],
      pgp: [{ fp: "85D77543B3D624B63CEA9E6DBC17301B491B3F21", ...dated }],
    });
    writeFileSync(join(dir, "sealed.json"), JSON.stringify(file));
  }

  test("by textconv", async () => {
    await seal();
    const { code, stdout } = await run("textconv", "sealed.json");
    expect(code).toBe(0);
    expect(stdout.toString()).toMatch(/^\{"a":"encrypted:/);
    expect(ran()).toBe(false);
    expect(vault.requests).toEqual([]);
  });

  test("but with --all-keys, and with an identity in a variable the text is shown", async () => {
    await seal();
    expect((await run("textconv", "--all-keys", "a.json")).stdout.toString()).toBe('{"a": "one"}\n');
    expect(ran()).toBe(true);
    rmSync(join(dir, "ran"));
    env["SOPS_AGE_KEY"] = IDENTITY;
    expect((await run("textconv", "a.json")).stdout.toString()).toBe('{"a": "one"}\n');
    expect(ran()).toBe(false);
  });

  test("by completion of key paths, of a sealed file and of its value", async () => {
    await seal();
    for (const words of [
      ["set", "sealed.json", ""],
      ["decrypt", "--extract", ""],
      ["unset", "sealed.json", "a"],
    ])
      await run("__complete", String(words.length - 1), ...words, "sealed.json");
    expect((await run("__complete", "2", "set", "sealed.json", "")).stdout.toString()).toBe("a\tvalue\n");
    expect(ran()).toBe(false);
    expect(vault.requests).toEqual([]);
  });
});
