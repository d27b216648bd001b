import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { nodeHost } from "../../src/node/host.ts";
import { provider as azureKvProvider } from "../../src/providers/azure-kv/index.ts";
import { bundleCli } from "../support/bundle.ts";
import { fakeAzure } from "../support/cloud/azure.ts";
import { startCloud, type Cloud, type Fault } from "../support/cloud/proxy.ts";
import { trustInThisProcess } from "../support/cloud/trust.ts";

const VAULT = "https://team.vault.azure.net";
const DATA_KEY = Uint8Array.from({ length: 32 }, (_, i) => i);

const azure = fakeAzure();
const key = azure.addKey("team.vault.azure.net", "sops");
const LOGIN = {
  AZURE_TENANT_ID: azure.tenant,
  AZURE_CLIENT_ID: azure.client,
  AZURE_CLIENT_SECRET: azure.secret,
};
let cloud: Cloud;
let untrust: () => void;

beforeAll(async () => {
  cloud = await startCloud({ routes: azure.routes });
  untrust = trustInThisProcess(cloud.caCert);
});
afterEach(() => {
  cloud.faults.clear();
  key.operations = ["encrypt", "decrypt"];
});
afterAll(async () => {
  untrust();
  await cloud.stop();
});

const hostWith = (env: Readonly<Record<string, string>> = LOGIN) =>
  nodeHost({ env: { HTTPS_PROXY: cloud.proxyUrl, ...env } });
const versionOf = (at: number): string => key.versions.at(at)?.version ?? "";
const refOf = (version = versionOf(0)) =>
  ({ type: "azure_kv", fields: { vault_url: VAULT, name: "sops", version } }) as const;

describe("a key of azure key vault", () => {
  it.each([
    ["https://team.vault.azure.net/keys/sops", { vault_url: VAULT, name: "sops" }],
    ["https://team.vault.azure.net/keys/sops/", { vault_url: VAULT, name: "sops" }],
    ["https://team.vault.azure.net/keys/sops/abc", { vault_url: VAULT, name: "sops", version: "abc" }],
  ])("is named by %s", (text, fields) => {
    expect(azureKvProvider.fromConfig(text)).toEqual([{ type: "azure_kv", fields }]);
  });

  it.each([
    "http://team.vault.azure.net/keys/sops",
    "https://team.vault.azure.net/secrets/sops",
    "https://team.vault.azure.net/keys/sops/a/b",
    "https://user:pw@team.vault.azure.net/keys/sops",
    "https://team.vault.azure.net?x/keys/sops",
    "https://team.vault.azure.net/keys/so%2Fps",
  ])("is not %s", (text) => {
    expect(() => azureKvProvider.fromConfig(text)).toThrow(
      expect.objectContaining({ code: "BAD_RECIPIENT" }),
    );
  });

  it("is known by its URL with the version, a slash after the vault left out", () => {
    const { fields } = refOf("abc");
    const ref = { type: "azure_kv", fields: { ...fields, vault_url: `${VAULT}/` } } as const;
    expect(azureKvProvider.identity(ref)).toBe(`${VAULT}/keys/sops/abc`);
  });

  it("gets the newest version once, and keeps one that is named", async () => {
    const host = hostWith();
    const newest = azure.rotate(key);
    expect(await azureKvProvider.resolve?.(refOf(""), host)).toEqual(refOf(newest));
    const before = cloud.requests.length;
    expect(await azureKvProvider.resolve?.(refOf("abc"), host)).toEqual(refOf("abc"));
    expect(cloud.requests).toHaveLength(before);
    const enc = await azureKvProvider.wrap(refOf(), DATA_KEY, host);
    expect(await azureKvProvider.unwrap({ ...refOf(), enc }, host)).toEqual(DATA_KEY);
  });

  it("is used in the vault only: its public half is never asked for", async () => {
    const from = cloud.requests.length;
    await azureKvProvider.wrap(refOf(), DATA_KEY, hostWith());
    const toVault = cloud.requests.slice(from).filter(({ host }) => host === "team.vault.azure.net");
    expect(toVault.map(({ method }) => method)).toEqual(["POST", "POST"]);
    expect(toVault.every(({ path }) => path.includes("/encrypt"))).toBe(true);
  });

  it("logs in once for many calls", async () => {
    const host = hostWith();
    const enc = await azureKvProvider.wrap(refOf(), DATA_KEY, host);
    const from = cloud.requests.length;
    await azureKvProvider.unwrap({ ...refOf(), enc }, host);
    expect(cloud.requests.slice(from).filter(({ host: to }) => to.startsWith("login."))).toEqual([]);
  });
});

describe("what goes wrong at azure key vault", () => {
  const messageOf = async (env?: Readonly<Record<string, string>>): Promise<string> => {
    const failed: unknown = await azureKvProvider
      .wrap(refOf(), DATA_KEY, hostWith(env))
      .catch((e: unknown) => e);
    const { code, message, hint } = failed as { code: string; message: string; hint: string };
    return `${code}: ${message.replace(/^azure key vault, key \S+: /, "")} -> ${hint}`;
  };

  it.each<[Fault, string]>([
    ["denied", "KEY_DENIED: no permission to encrypt (ForbiddenByRbac) -> grant keys/encrypt, or"],
    ["throttled always", "THROTTLED: the vault asks to slow down (429) -> wait"],
    [
      "expired",
      "NOT_LOGGED_IN: azure refused the login: the client secret has expired (AADSTS7000222) -> make a new one",
    ],
    [
      "untrusted",
      "UNREACHABLE: its TLS certificate comes from an unknown CA (UNABLE_TO_VERIFY_LEAF_SIGNATURE) -> add the CA",
    ],
    ["down", "UNREACHABLE: a proxy or the vault answered 502 -> check HTTPS_PROXY"],
  ])("%s", async (fault, told) => {
    cloud.faults.add(fault);
    expect(await messageOf()).toContain(told);
  });

  it("waits as long as the vault asks for, and then goes on", async () => {
    cloud.faults.add("throttled");
    expect(await azureKvProvider.wrap(refOf(), DATA_KEY, hostWith())).toMatch(/^[\w-]{342}$/);
    expect(cloud.faults.size).toBe(0);
  });

  it("an operation that the key does not permit", async () => {
    key.operations = ["decrypt"];
    expect(await messageOf()).toContain("KEY_UNUSABLE: the key does not permit encrypt -> add encrypt");
  });

  it("a proxy that is not there, and one that is no URL", async () => {
    expect(await messageOf({ ...LOGIN, HTTPS_PROXY: "http://127.0.0.1:1" })).toContain(
      "UNREACHABLE: nothing listens there",
    );
    expect(await messageOf({ ...LOGIN, HTTPS_PROXY: "://" })).toContain(
      "BAD_CONFIG: HTTPS_PROXY is not a URL",
    );
  });

  it("names each kind of credentials that it looked for", async () => {
    expect(await messageOf({ AZURE_TOKEN_CREDENTIALS: "prod" })).toMatch(
      /^NOT_LOGGED_IN: no azure credentials \(environment: .* is not set; workload identity: .* is not set; managed identity: not available\)/,
    );
    expect(await messageOf({ AZURE_TOKEN_CREDENTIALS: "nonsense" })).toContain(
      "BAD_CONFIG: AZURE_TOKEN_CREDENTIALS",
    );
  });

  it("gives the token to no address outside of its cloud", async () => {
    const elsewhere = await startCloud({
      routes: [
        {
          host: "evil.example.com",
          handle: (_, response) => {
            const challenge = `Bearer authorization="https://login.microsoftonline.com/${azure.tenant}", resource="https://vault.azure.net"`;
            response.writeHead(401, { "www-authenticate": challenge }).end("{}");
          },
        },
        ...azure.routes,
      ],
    });
    const restore = trustInThisProcess(elsewhere.caCert);
    const ref = {
      type: "azure_kv",
      fields: { vault_url: "https://evil.example.com", name: "k", version: "v" },
    } as const;
    const call = azureKvProvider.wrap(ref, DATA_KEY, hostWith({ ...LOGIN, HTTPS_PROXY: elsewhere.proxyUrl }));
    await expect(call).rejects.toMatchObject({ code: "ADDRESS_NOT_ALLOWED" });
    expect(elsewhere.requests.filter(({ headers }) => headers["authorization"] !== undefined)).toEqual([]);
    expect(elsewhere.requests.map(({ host }) => host)).toEqual(["evil.example.com"]);
    restore();
    await elsewhere.stop();
  });
});

describe("enc as a program of its own", () => {
  it("finds the cloud by HTTPS_PROXY and NODE_EXTRA_CA_CERTS, and explains what it cannot open", async () => {
    const bundle = await bundleCli();
    const cwd = mkdtempSync(join(tmpdir(), "enc-azure-"));
    try {
      writeFileSync(join(cwd, "a.yaml"), "a: 1\n");
      const run = (args: readonly string[]) =>
        runEnc(bundle.program, args, cwd, { ...cloud.envForEnc, ...LOGIN });
      expect(await run(["encrypt", "-i", "--azure-kv", `${VAULT}/keys/sops`, "a.yaml"])).toEqual([0, "", ""]);
      expect(await run(["decrypt", "a.yaml"])).toEqual([0, "a: 1\n", ""]);
      const loud = { AZURE_LOG_LEVEL: "verbose", TYPESPEC_RUNTIME_LOG_LEVEL: "verbose", DEBUG: "*" };
      const told = await runEnc(bundle.program, ["decrypt", "a.yaml"], cwd, {
        ...cloud.envForEnc,
        ...LOGIN,
        ...loud,
      });
      expect(told).toEqual([0, "a: 1\n", ""]);
      cloud.faults.add("denied");
      const [code, out, err] = await run(["decrypt", "a.yaml"]);
      expect([code, out]).toEqual([128, ""]);
      expect(err).toContain("no permission to decrypt");
      const secrets = [azure.secret, ...azure.tokens];
      expect(secrets.filter((secret) => err.includes(secret))).toEqual([]);
    } finally {
      bundle.remove();
      rmSync(cwd, { recursive: true, force: true });
    }
  });
});

async function runEnc(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<readonly [code: number | null, stdout: string, stderr: string]> {
  const child = spawn(process.execPath, [program, ...args], { cwd, env: { HOME: cwd, ...env } });
  const [out, err] = [[], []] as [Buffer[], Buffer[]];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  return [code, Buffer.concat(out).toString(), Buffer.concat(err).toString()];
}
