import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nodeHost } from "../../../src/node/host.ts";
import { provider as vaultProvider } from "../../../src/providers/vault/index.ts";
import { newAuthority } from "../../support/cloud/certificates.ts";
import { describeWith, requirePart } from "../../support/parts.ts";
import { runSops } from "../../support/real-sops.ts";
import { startBao, type Bao } from "../../support/servers/bao.ts";
import { forwardProxy } from "../../support/servers/forward-proxy.ts";
import { tlsFront, type TlsFront } from "../../support/servers/tls-front.ts";

const DATA_KEY = Uint8Array.from({ length: 32 }, (_, i) => i);
const ours = newAuthority("our CA");
const others = newAuthority("another CA");

describeWith(["bao", "sops"], "Vault over TLS", () => {
  let bao: Bao;
  let front: TlsFront;
  let named: TlsFront;
  let strict: TlsFront;
  let dir = "";

  beforeAll(async () => {
    bao = await startBao();
    await bao.call("POST", "sys/mounts/transit", { type: "transit" });
    await bao.call("POST", "transit/keys/k");
    front = await tlsFront(bao.port, ours.issue("127.0.0.1"));
    named = await tlsFront(bao.port, ours.issue("vault.example.com"));
    strict = await tlsFront(bao.port, { ...ours.issue("127.0.0.1"), clientCa: others.cert });
    dir = mkdtempSync(join(tmpdir(), "enc-vault-tls-"));
    for (const [name, content] of Object.entries(files())) writeFileSync(file(name), content);
    mkdirSync(file("cas/below"), { recursive: true });
    writeFileSync(file("cas/other.pem"), others.cert);
    writeFileSync(file("cas/below/ours.pem"), ours.cert);
    // As Kubernetes mounts a secret: a link to a folder beside links to its files.
    symlinkSync("below", file("cas/..data"));
  });
  afterAll(async () => {
    await Promise.all([bao, front, named, strict].map((server) => server.stop()));
    rmSync(dir, { recursive: true, force: true });
  });

  const file = (name: string): string => join(dir, name);

  function files(): Record<string, string> {
    const client = others.issue("client");
    const stranger = newAuthority("nobody's CA").issue("stranger");
    return {
      "ca.pem": ours.cert,
      "other.pem": others.cert,
      "both.pem": others.cert + ours.cert,
      "client.pem": client.cert,
      "client.key": client.key,
      "stranger.pem": stranger.cert,
      "stranger.key": stranger.key,
      "plain.yaml": "a: one\n",
    };
  }

  async function roundTrip(server: TlsFront, env: Record<string, string>): Promise<void> {
    const fields = { vault_address: server.url, engine_path: "transit", key_name: "k" };
    const own = { VAULT_ADDR: server.url, VAULT_TOKEN: bao.token, VAULT_MAX_RETRIES: "0" };
    const host = nodeHost({ env: { ...own, ...env } });
    const enc = await vaultProvider.wrap({ type: "hc_vault", fields }, DATA_KEY, host);
    expect(await vaultProvider.unwrap({ type: "hc_vault", fields, enc }, host)).toEqual(DATA_KEY);
  }

  /** Whether the real sops gets through with the same variables. */
  async function sopsToo(server: TlsFront, env: Record<string, string>): Promise<boolean> {
    const uri = `${server.url}/v1/transit/keys/k`;
    const options = { cwd: dir, env: { VAULT_TOKEN: bao.token, VAULT_MAX_RETRIES: "0", ...env } };
    const program = requirePart("sops");
    const { code } = await runSops(["encrypt", "--hc-vault-transit", uri, "plain.yaml"], {
      ...options,
      program,
    });
    return code === 0;
  }

  const refused = (why: RegExp): unknown =>
    expect.objectContaining({ code: "UNREACHABLE", message: expect.stringMatching(why) as string });

  test("a CA that nobody named", async () => {
    await expect(roundTrip(front, {})).rejects.toEqual(refused(/unknown CA/));
    await expect(roundTrip(front, {})).rejects.toMatchObject({
      hint: "set VAULT_CACERT to a file with the certificate of its CA",
    });
    expect(await sopsToo(front, {})).toBe(false);
  });

  test.each([
    ["VAULT_CACERT", () => ({ VAULT_CACERT: file("ca.pem") })],
    ["VAULT_CACERT with two", () => ({ VAULT_CACERT: file("both.pem") })],
    ["VAULT_CACERT_BYTES", () => ({ VAULT_CACERT_BYTES: ours.cert })],
    [
      "VAULT_CACERT before the others",
      () => ({
        VAULT_CACERT: file("ca.pem"),
        VAULT_CACERT_BYTES: others.cert,
        VAULT_CAPATH: "/nowhere",
      }),
    ],
    ["VAULT_SKIP_VERIFY", () => ({ VAULT_SKIP_VERIFY: "true" })],
  ])("%s", async (_, env) => {
    await roundTrip(front, env());
    expect(await sopsToo(front, env())).toBe(true);
  });

  test("VAULT_CAPATH: a folder, with what is below it and links to folders", async () => {
    await roundTrip(front, { VAULT_CAPATH: file("cas") });
    expect(await sopsToo(front, { VAULT_CAPATH: file("cas/below") })).toBe(true);
  });

  test("VAULT_CACERT is all that counts, and VAULT_SKIP_VERIFY=false skips nothing", async () => {
    for (const env of [{ VAULT_CACERT: file("other.pem") }, { VAULT_SKIP_VERIFY: "false" }]) {
      await expect(roundTrip(front, env)).rejects.toEqual(refused(/unknown CA/));
      expect(await sopsToo(front, env)).toBe(false);
    }
  });

  test("the name in the certificate, and VAULT_TLS_SERVER_NAME", async () => {
    const env = { VAULT_CACERT: file("ca.pem") };
    await expect(roundTrip(named, env)).rejects.toEqual(refused(/for another name/));
    const withName = { ...env, VAULT_TLS_SERVER_NAME: "vault.example.com" };
    await roundTrip(named, withName);
    expect(named.names.at(-1)).toBe("vault.example.com");
    expect(await sopsToo(named, withName)).toBe(true);
    await expect(roundTrip(front, { ...env, VAULT_TLS_SERVER_NAME: "x.org" })).rejects.toEqual(
      refused(/name/),
    );
  });

  test("a client certificate", async () => {
    const env = { VAULT_CACERT: file("ca.pem") };
    await expect(roundTrip(strict, env)).rejects.toEqual(refused(/client certificate|cut|TLS fails/));
    const withCert = { ...env, VAULT_CLIENT_CERT: file("client.pem"), VAULT_CLIENT_KEY: file("client.key") };
    await roundTrip(strict, withCert);
    expect(await sopsToo(strict, withCert)).toBe(true);
    const stranger = { VAULT_CLIENT_CERT: file("stranger.pem"), VAULT_CLIENT_KEY: file("stranger.key") };
    await expect(roundTrip(strict, { ...env, ...stranger })).rejects.toMatchObject({ code: "UNREACHABLE" });
    const mixed = { VAULT_CLIENT_CERT: file("client.pem"), VAULT_CLIENT_KEY: file("stranger.key") };
    await expect(roundTrip(strict, { ...env, ...mixed })).rejects.toMatchObject({
      code: "UNREACHABLE",
      hint: "check VAULT_CLIENT_CERT, VAULT_CLIENT_KEY and VAULT_CACERT",
    });
  });

  test("http to a server that speaks TLS", async () => {
    const plain = { ...front, url: front.url.replace("https:", "http:") };
    await expect(roundTrip(plain, {})).rejects.toMatchObject({ code: "UNREACHABLE" });
  });

  test("through a proxy that wants a password: by a tunnel for TLS, in the open for http", async () => {
    const proxy = await forwardProxy("me:pass word");
    const withAuth = proxy.url.replace("//", "//me:pass%20word@");
    const env = { VAULT_CACERT: file("ca.pem"), VAULT_PROXY_ADDR: withAuth };
    await roundTrip(front, env);
    expect(proxy.log.every((line) => line.startsWith(`CONNECT ${front.url.slice(8)} Basic `))).toBe(true);
    proxy.log.splice(0);
    await roundTrip({ ...front, url: bao.url }, { VAULT_HTTP_PROXY: withAuth });
    expect(proxy.log[0]).toMatch(`PUT ${bao.url}/v1/transit/encrypt/k Basic `);
    for (const url of [front.url, bao.url]) {
      const wrong = { ...env, VAULT_PROXY_ADDR: proxy.url };
      await expect(roundTrip({ ...front, url }, wrong)).rejects.toMatchObject({
        code: "UNREACHABLE",
        message: expect.stringContaining("proxy refused") as string,
      });
    }
    await proxy.stop();
  });

  test("through a proxy that speaks TLS itself", async () => {
    const proxy = await forwardProxy();
    const outside = await tlsFront(Number(new URL(proxy.url).port), ours.issue("127.0.0.1"));
    const env = { VAULT_CACERT: file("ca.pem"), VAULT_PROXY_ADDR: outside.url };
    await roundTrip(front, env);
    await roundTrip({ ...front, url: bao.url }, env);
    expect(proxy.log.map((line) => line.split(" ")[0])).toEqual(["CONNECT", "CONNECT", "PUT", "PUT"]);
    await outside.stop();
    await proxy.stop();
  });
});
