import { inspect } from "node:util";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { SopsError } from "../../../src/core/base/errors.ts";
import type { WrappedKey } from "../../../src/core/keys/key.ts";
import { nodeHost } from "../../../src/node/host.ts";
import { provider as vaultProvider } from "../../../src/providers/vault/index.ts";
import { describeWith } from "../../support/parts.ts";
import { startBao, type Bao } from "../../support/servers/bao.ts";
import { stalledServer } from "../../support/servers/stalled.ts";

const DATA_KEY = Uint8Array.from({ length: 32 }, (_, i) => i + 65);

interface Auth {
  readonly auth: { readonly client_token: string };
}

describeWith(["bao"], "what a Vault server refuses", () => {
  let bao: Bao;
  let key: WrappedKey;
  let env: Record<string, string> = {};

  beforeAll(async () => {
    bao = await startBao();
    await bao.call("POST", "sys/mounts/transit", { type: "transit" });
    await bao.call("POST", "transit/keys/k");
    const fields = { vault_address: bao.url, engine_path: "transit", key_name: "k" };
    const ref = { type: "hc_vault", fields } as const;
    env = { VAULT_TOKEN: bao.token, VAULT_ADDR: bao.url };
    key = { ...ref, enc: await vaultProvider.wrap(ref, DATA_KEY, nodeHost({ env })) };
  });
  beforeEach(() => {
    env = { VAULT_TOKEN: bao.token };
  });
  afterAll(() => bao.stop());

  const at = (fields: Record<string, string>): WrappedKey => ({
    ...key,
    fields: { ...key.fields, ...fields },
  });
  /** The server of the key is that of the user. */
  const hostOf = ({ fields }: WrappedKey): ReturnType<typeof nodeHost> =>
    nodeHost({ env: { VAULT_ADDR: fields["vault_address"] as string, ...env } });
  const unwrap = (it = key, signal?: AbortSignal): Promise<unknown> =>
    vaultProvider.unwrap(it, hostOf(it), signal);
  const wrap = (it = key): Promise<unknown> => vaultProvider.wrap(it, DATA_KEY, hostOf(it));
  const token = async (body: unknown): Promise<string> =>
    ((await bao.call("POST", "auth/token/create", body)) as Auth).auth.client_token;

  /** The error of a call, in one text; none may hold the token or the data key. */
  async function failure(call: Promise<unknown>): Promise<string> {
    const error = await call.then(
      () => expect.unreachable("it must fail"),
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(SopsError);
    const { code, message, hint } = error as SopsError;
    const whole = inspect(error, { depth: 9, showHidden: true });
    const secrets = [env["VAULT_TOKEN"] ?? "s.none", bao.token, Buffer.from(DATA_KEY).toString("base64")];
    expect(secrets.filter((secret) => whole.includes(secret))).toEqual([]);
    return `${code}: ${message} (${hint ?? ""})`;
  }

  test("a token without the permission", async () => {
    env["VAULT_TOKEN"] = await token({ policies: ["default"] });
    expect(await failure(unwrap())).toBe(
      `KEY_DENIED: cannot decrypt with the key transit/keys/k of the Vault server ${bao.url}: ` +
        "the token in VAULT_TOKEN may not (the token needs the capability update on transit/decrypt/k)",
    );
    expect(await failure(wrap())).toContain("update on transit/encrypt/k, and the key must exist");
  });

  test("a token that may do just what is needed", async () => {
    const rules = ["encrypt", "decrypt"].map(
      (verb) => `path "transit/${verb}/k" { capabilities = ["update"] }`,
    );
    await bao.call("PUT", "sys/policies/acl/sops", { policy: rules.join("\n") });
    env["VAULT_TOKEN"] = await token({ policies: ["sops"], no_default_policy: true });
    expect(await wrap()).toMatch(/^vault:v1:/);
    expect(await unwrap()).toEqual(DATA_KEY);
    // This one may not make a key, and Vault takes the use of a key that is not there for that.
    expect(await failure(wrap(at({ key_name: "typo" })))).toMatch(/^(?:KEY_DENIED|NOT_LOGGED_IN)/);
  });

  test("a token that has expired", async () => {
    env["VAULT_TOKEN"] = await token({ policies: ["default"], ttl: "1s" });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await failure(unwrap())).toMatch(
      /^NOT_LOGGED_IN: .* VAULT_TOKEN is refused: it has expired.*vault login/,
    );
  });

  test("a token that was revoked", async () => {
    env["VAULT_TOKEN"] = await token({ policies: ["default"] });
    await bao.call("POST", "auth/token/revoke", { token: env["VAULT_TOKEN"] });
    expect(await failure(unwrap())).toMatch(/^NOT_LOGGED_IN/);
  });

  test("no token at all", async () => {
    env = {};
    expect(await failure(unwrap())).toMatch(/^NOT_LOGGED_IN: .* no token in VAULT_TOKEN or ~\/\.vault-token/);
  });

  test("a token with a line feed inside breaks no header", async () => {
    env = { VAULT_TOKEN: "s.one\nX-Evil: 1" };
    expect(await failure(unwrap())).toMatch(/^NOT_LOGGED_IN: .* characters that no token has/);
  });

  test("no such key, engine, namespace", async () => {
    expect(await failure(unwrap(at({ key_name: "k2" })))).toMatch(
      /^KEY_NOT_FOUND: .*the key does not exist .*vault write -f transit\/keys\/k2/,
    );
    expect(await failure(unwrap(at({ engine_path: "a/b" })))).toMatch(
      /^KEY_NOT_FOUND: .*no transit engine at a\/b\/ .*vault secrets enable -path=a\/b transit/,
    );
    expect(await failure(unwrap(at({ engine_path: "secret" })))).toMatch(
      /^KEY_NOT_FOUND: .*no transit engine/,
    );
    env["VAULT_NAMESPACE"] = "nowhere";
    expect(await failure(unwrap())).toMatch(/^KEY_NOT_FOUND: .*namespace does not exist .*VAULT_NAMESPACE/);
  });

  test("a key that cannot encrypt", async () => {
    await bao.call("POST", "transit/keys/signer", { type: "ed25519" });
    expect(await failure(wrap(at({ key_name: "signer" })))).toMatch(
      /^KEY_UNUSABLE: .*its type cannot encrypt/,
    );
  });

  test("a version of the key that is no longer in use", async () => {
    await bao.call("POST", "transit/keys/old");
    const old = at({ key_name: "old" });
    const wrapped = { ...old, enc: (await wrap(old)) as string };
    await bao.call("POST", "transit/keys/old/rotate");
    expect(await unwrap(wrapped)).toEqual(DATA_KEY);
    await bao.call("POST", "transit/keys/old/config", { min_decryption_version: 2 });
    expect(await failure(unwrap(wrapped))).toMatch(
      /^KEY_UNUSABLE: .*no longer decrypts .*min_decryption_version/,
    );
  });

  test("a data key that another key wrapped", async () => {
    await bao.call("POST", "transit/keys/other");
    expect(await failure(unwrap(at({ key_name: "other" })))).toMatch(/^UNWRAP_FAILED: .*did not wrap/);
    expect(await failure(unwrap({ ...key, enc: "" }))).toMatch(/^UNWRAP_FAILED/);
    expect(await failure(unwrap({ ...key, enc: key.enc.replace(":v1:", ":v9:") }))).toMatch(/^UNWRAP_FAILED/);
  });

  test("too many requests: tried again, then said", async () => {
    await bao.call("POST", "sys/quotas/rate-limit/few", { rate: 0.001, path: "transit" });
    try {
      env["VAULT_MAX_RETRIES"] = "0";
      await unwrap().catch(() => undefined);
      expect(await failure(unwrap())).toMatch(/^THROTTLED: .*too many requests/);
      delete env["VAULT_MAX_RETRIES"];
      const later = unwrap();
      await new Promise((resolve) => setTimeout(resolve, 300));
      await bao.call("DELETE", "sys/quotas/rate-limit/few");
      expect(await later).toEqual(DATA_KEY);
    } finally {
      await bao.call("DELETE", "sys/quotas/rate-limit/few");
    }
  });

  test("an address with http where the server speaks TLS, and the other way round", async () => {
    const https = at({ vault_address: bao.url.replace("http:", "https:") });
    expect(await failure(unwrap(https))).toMatch(/^UNREACHABLE: .*does not speak TLS.*https or http/);
  });

  test("nothing listens, no such host", async () => {
    const stalled = await stalledServer();
    await stalled.stop();
    const gone = at({ vault_address: stalled.url });
    expect(await failure(unwrap(gone))).toMatch(/^UNREACHABLE: .*nothing listens there \(ECONNREFUSED\)/);
    const nowhere = at({ vault_address: "https://vault.invalid" });
    expect(await failure(unwrap(nowhere))).toMatch(/^UNREACHABLE: .*(?:ENOTFOUND|EAI_AGAIN)/);
  });

  test("no answer in time", async () => {
    const stalled = await stalledServer();
    env["VAULT_CLIENT_TIMEOUT"] = "300ms";
    expect(await failure(unwrap(at({ vault_address: stalled.url })))).toMatch(
      /^UNREACHABLE: .*no answer in time/,
    );
    await expect.poll(() => stalled.running()).toBe(0);
    await stalled.stop();
  });

  test("the user's own cancel is no failure of the server", async () => {
    const stalled = await stalledServer();
    const abort = new AbortController();
    const running = unwrap(at({ vault_address: stalled.url }), abort.signal);
    await stalled.reached();
    const reason = new Error("ctrl-c");
    abort.abort(reason);
    await expect(running).rejects.toBe(reason);
    await stalled.stop();
  });

  test.each([
    ["VAULT_MAX_RETRIES", "x"],
    ["VAULT_CLIENT_TIMEOUT", "soon"],
    ["VAULT_SKIP_VERIFY", "yes"],
    ["VAULT_DISABLE_REDIRECTS", "yes"],
    ["VAULT_CACERT", "/nowhere/ca.pem"],
    ["VAULT_CAPATH", "/nowhere"],
    ["VAULT_CACERT_BYTES", "not PEM"],
    ["VAULT_PROXY_ADDR", "socks5://127.0.0.1:1"],
    ["VAULT_AGENT_ADDR", "ftp://127.0.0.1:1"],
    ["VAULT_HEADERS", "not JSON"],
    ["VAULT_HEADERS", '{"a": 1}'],
    ["VAULT_HEADERS", '{"X-Vault-Token": "s.other"}'],
    ["VAULT_HEADERS", '{"A": "b\\nC: d"}'],
  ])("%s=%s stops before anything is sent", async (name, value) => {
    env[name] = value;
    expect(await failure(unwrap())).toMatch(new RegExp(`^BAD_CONFIG: the variable ${name} `));
  });

  test("half of a client certificate", async () => {
    env["VAULT_CLIENT_CERT"] = "/nowhere/cert.pem";
    expect(await failure(unwrap())).toMatch(/^BAD_CONFIG: .* VAULT_CLIENT_KEY is missing beside/);
    env["VAULT_CLIENT_KEY"] = "/nowhere/key.pem";
    expect(await failure(unwrap())).toMatch(
      /^BAD_CONFIG: .* VAULT_CLIENT_CERT names a file that is not there/,
    );
    delete env["VAULT_CLIENT_CERT"];
    expect(await failure(unwrap())).toMatch(/^BAD_CONFIG: .* VAULT_CLIENT_CERT is missing beside/);
  });

  test("a sealed server, told at once", async () => {
    await bao.call("PUT", "sys/seal");
    const start = Date.now();
    expect(await failure(unwrap())).toMatch(/^UNREACHABLE: .*it is sealed \(unseal it with/);
    expect(Date.now() - start).toBeLessThan(900);
  });
});
