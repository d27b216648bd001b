import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { nodeHost } from "../../../src/node/host.ts";
import { bundleCli } from "../../support/bundle.ts";
import { describeWith } from "../../support/parts.ts";

const ON_TTY = join(import.meta.dirname, "../../support/run-on-tty.py");
/** Nothing listens there: what a server gets is of no matter here. */
const SERVER = "https://127.0.0.1:1";
const FILE = JSON.stringify({
  a: "ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAAAAAAAAAAAAAAAAAAAA==,type:str]",
  sops: {
    hc_vault: [
      { vault_address: SERVER, engine_path: "t", key_name: "k", created_at: "", enc: "vault:v1:AAAA" },
    ],
    lastmodified: "2026-01-01T00:00:00Z",
    mac: "x",
    version: "3.13.3",
  },
});

describeWith(["python3"], "a Vault server that only a file names, on a terminal", () => {
  let bundle: Awaited<ReturnType<typeof bundleCli>>;
  let dir = "";
  const list = (): string => join(dir, ".config/sops-ts/vault-servers");

  beforeAll(async () => {
    bundle = await bundleCli();
  });
  afterAll(() => {
    bundle.remove();
  });
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "enc-trust-"));
    writeFileSync(join(dir, "a.json"), FILE);
    writeFileSync(join(dir, "b.json"), FILE);
  });
  afterEach(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  function onTerminal(keys: string, ...argv: string[]): { readonly out: string; readonly code: number } {
    const env = { PATH: process.env["PATH"], HOME: dir, VAULT_TOKEN: "c4n4ry", VAULT_MAX_RETRIES: "0" };
    const args = [ON_TTY, "(yes/no)", keys, process.execPath, bundle.program, ...argv];
    const said = execFileSync("python3", args, { cwd: dir, env, encoding: "utf8" });
    expect(said).not.toContain("c4n4ry");
    return JSON.parse(said) as { out: string; code: number };
  }

  test("is asked about; a yes is kept for the user alone, and told", () => {
    const { out, code } = onTerminal("yes\n", "decrypt", "a.json");
    expect(out).toContain(`the key is on the Vault server ${SERVER}, which you have not named.`);
    expect(out).toContain(`${SERVER} stands in ${list()} now`);
    expect(out).toContain("nothing listens there");
    expect(code).toBe(128);
    expect(readFileSync(list(), "utf8")).toMatch(new RegExp(`^# .*\n${SERVER}\n$`));
    expect([statSync(list()).mode & 0o777, statSync(dirname(list())).mode & 0o777]).toEqual([0o600, 0o700]);
    expect(onTerminal("", "decrypt", "a.json").out).not.toContain("(yes/no)");
  });

  test("a no is not kept, and holds for all files of the command", () => {
    const { out } = onTerminal("no\n", "rotate", "-i", "a.json", "b.json");
    expect(out.split("(yes/no)")).toHaveLength(2);
    expect(out.split("you said no")).toHaveLength(3);
    expect(existsSync(list())).toBe(false);
  });

  test("textconv asks nothing, not even with --all-keys", () => {
    for (const flags of [[], ["--all-keys"]])
      expect(onTerminal("yes\n", "textconv", ...flags, "a.json").out).toMatch(/^\{"a":"encrypted:\w+"\}$/);
    expect(existsSync(list())).toBe(false);
  });

  test("a list that everybody can write is not heeded", async () => {
    mkdirSync(dirname(list()), { recursive: true });
    writeFileSync(list(), `# mine\n\n${SERVER}\nhttps://other:8200\n`, { mode: 0o600 });
    const warnings: string[] = [];
    const host = nodeHost({ env: { HOME: dir }, warn: (line) => warnings.push(line) });
    expect(await host.trustedServers?.()).toEqual([SERVER, "https://other:8200"]);
    chmodSync(list(), 0o666);
    expect(await host.trustedServers?.()).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining("is not heeded: everybody can write it")]);
  });
});
