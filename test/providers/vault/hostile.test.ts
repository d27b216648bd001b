import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { SopsError } from "../../../src/core/base/errors.ts";
import { nodeHost } from "../../../src/node/host.ts";
import { provider as vaultProvider } from "../../../src/providers/vault/index.ts";
import { describeWith, requirePart } from "../../support/parts.ts";
import { runSops } from "../../support/real-sops.ts";
import { fakeVault, transitAnswer, wrapBackwards, type FakeVault } from "../../support/servers/fake-vault.ts";

const TOKEN = "s.canary-token";
const DATA_KEY = Uint8Array.from({ length: 32 }, (_, i) => 255 - i);
const BASE64 = Buffer.from(DATA_KEY).toString("base64");

let vault: FakeVault;
let other: FakeVault;
let env: Record<string, string> = {};

beforeAll(async () => {
  [vault, other] = await Promise.all([fakeVault(), fakeVault()]);
});
beforeEach(() => {
  for (const each of [vault, other]) {
    each.requests.splice(0);
    each.answer = (request, response) => response.end(transitAnswer(request));
  }
  env = { VAULT_TOKEN: TOKEN };
});
afterAll(() => Promise.all([vault.stop(), other.stop()]));

const ref = (fields: Record<string, string> = {}): { type: "hc_vault"; fields: Record<string, string> } => ({
  type: "hc_vault",
  fields: { vault_address: vault.url, engine_path: "transit", key_name: "k", ...fields },
});
/** The server of the key is that of the user, where a test says no other. */
const host = (): ReturnType<typeof nodeHost> => nodeHost({ env: { VAULT_ADDR: vault.url, ...env } });
const wrap = (fields = {}): Promise<string> => vaultProvider.wrap(ref(fields), DATA_KEY, host());
const unwrap = (fields = {}): Promise<unknown> =>
  vaultProvider.unwrap({ ...ref(fields), enc: wrapBackwards(BASE64) }, host());

/** What DEBUG=node-vault would turn on: its log of whole requests. */
function debugOfNodeVault(): { enable(name: string): void; disable(): void } {
  const from = createRequire(createRequire(import.meta.url).resolve("node-vault"));
  return from("debug") as ReturnType<typeof debugOfNodeVault>;
}

async function failure(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => expect.unreachable("it must fail"),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SopsError);
  const whole = inspect(error, { depth: 9, showHidden: true });
  expect([TOKEN, BASE64].filter((secret) => whole.includes(secret))).toEqual([]);
  const { code, message, hint } = error as SopsError;
  return `${code}: ${message} (${hint ?? ""})`;
}

describe("what is sent to a Vault server", () => {
  test("as the client of sops does", async () => {
    env = { ...env, VAULT_NAMESPACE: "team", VAULT_HEADERS: '{"CF-Access": "x"}' };
    await wrap({ engine_path: "team/a b", key_name: "k?" });
    expect(vault.requests).toEqual([
      {
        method: "PUT",
        path: "/v1/team/a%20b/encrypt/k%3F",
        headers: expect.objectContaining({
          "x-vault-token": TOKEN,
          "x-vault-namespace": "team",
          "x-vault-request": "true",
          "cf-access": "x",
        }) as object,
        body: JSON.stringify({ plaintext: BASE64 }),
      },
    ]);
    expect(await unwrap()).toEqual(DATA_KEY);
    expect(vault.requests[1]).toMatchObject({ method: "PUT", path: "/v1/transit/decrypt/k" });
  });

  test("nothing of the process' own variables, and nothing to its log", async () => {
    const stderr = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    vi.stubEnv("VAULT_TOKEN", "s.of-the-process");
    vi.stubEnv("VAULT_NAMESPACE", "of-the-process");
    vi.stubEnv("VAULT_PREFIX", "/of-the-process");
    vi.stubEnv("VAULT_ADDR", other.url);
    vi.stubEnv("HTTP_PROXY", other.url);
    debugOfNodeVault().enable("node-vault");
    env = {};
    try {
      await unwrap();
      expect(stderr).not.toHaveBeenCalled();
    } finally {
      debugOfNodeVault().disable();
      vi.unstubAllEnvs();
      stderr.mockRestore();
    }
    expect(other.requests).toEqual([]);
    expect(vault.requests[0]?.path).toBe("/v1/transit/decrypt/k");
    expect(
      Object.keys(vault.requests[0]?.headers ?? {}).filter((name) => name.startsWith("x-vault")),
    ).toEqual(["x-vault-request"]);
  });

  test("nothing where the address is not allowed", async () => {
    env["VAULT_ADDR"] = other.url;
    expect(await failure(unwrap())).toMatch(/^ADDRESS_NOT_ALLOWED/);
    expect(await failure(wrap())).toContain("SOPS_HC_VAULT_ALLOWLIST");
    env = { VAULT_TOKEN: TOKEN, SOPS_HC_VAULT_ALLOWLIST: "none" };
    expect(await failure(unwrap())).toMatch(/^ADDRESS_NOT_ALLOWED/);
    expect([...vault.requests, ...other.requests]).toEqual([]);
  });

  test("nothing for a key that leaves its engine", async () => {
    expect(await failure(unwrap({ key_name: "../../sys/seal" }))).toMatch(/^KEY_UNUSABLE/);
    expect(vault.requests).toEqual([]);
  });

  test("all to an agent, over TCP or a socket, that may have a token of its own", async () => {
    env = { VAULT_AGENT_ADDR: `${other.url}/` };
    expect(await unwrap()).toEqual(DATA_KEY);
    expect([vault.requests.length, other.requests.length]).toEqual([0, 1]);
    expect(other.requests[0]?.headers["x-vault-token"]).toBeUndefined();
    const dir = mkdtempSync(join(tmpdir(), "enc-agent-"));
    const paths: string[] = [];
    const agent = createServer((request, response) => {
      paths.push(request.url ?? "");
      response.end(JSON.stringify({ data: { plaintext: BASE64 } }));
    });
    await new Promise<void>((resolve) => agent.listen(join(dir, "agent.sock"), resolve));
    env = { VAULT_AGENT_ADDR: `unix://${join(dir, "agent.sock")}`, VAULT_PROXY_ADDR: "http://127.0.0.1:1" };
    expect(await unwrap()).toEqual(DATA_KEY);
    expect(paths).toEqual(["/v1/transit/decrypt/k"]);
    await new Promise((resolve) => agent.close(resolve));
    rmSync(dir, { recursive: true });
  });
});

describe("redirects", () => {
  const redirectTo = (url: string, status = 307): void => {
    vault.answer = (_, response) => response.writeHead(status, { location: url }).end();
  };

  test.each([301, 302, 307, 308])("%d to another server: nothing goes there", async (status) => {
    redirectTo(`${other.url}/v1/transit/decrypt/k`, status);
    expect(await failure(unwrap())).toMatch(
      new RegExp(
        `^ADDRESS_NOT_ALLOWED: .*redirects to ${other.url}, .*add ${other.url} to SOPS_HC_VAULT_ALLOWLIST`,
      ),
    );
    expect(other.requests).toEqual([]);
  });

  test("to what a shell would run: not repeated", async () => {
    redirectTo("http://$(id).example.org/v1/x");
    expect(await failure(unwrap())).toMatch(/^ADDRESS_NOT_ALLOWED: .*redirects to another server/);
  });

  test("to a server that the user allows by name: with all that belongs to it", async () => {
    redirectTo(`${other.url}/v1/transit/decrypt/k`);
    env["SOPS_HC_VAULT_ALLOWLIST"] = `${vault.url},${other.url}`;
    expect(await unwrap()).toEqual(DATA_KEY);
    expect(other.requests).toMatchObject([{ method: "PUT", headers: { "x-vault-token": TOKEN } }]);
  });

  test("to the same server: once", async () => {
    vault.answer = (request, response) => {
      if (request.path.endsWith("/k")) response.writeHead(307, { location: "/v1/elsewhere" }).end();
      else response.end(transitAnswer(request));
    };
    expect(await unwrap()).toEqual(DATA_KEY);
    redirectTo("/v1/transit/decrypt/k");
    vault.requests.splice(0);
    expect(await failure(unwrap())).toMatch(/^UNREACHABLE: .*it redirects \(307\)/);
    expect(vault.requests).toHaveLength(2);
  });

  test("VAULT_DISABLE_REDIRECTS", async () => {
    redirectTo("/v1/elsewhere");
    env["VAULT_DISABLE_REDIRECTS"] = "1";
    expect(await failure(unwrap())).toMatch(/^UNREACHABLE: .*it redirects/);
    expect(vault.requests).toHaveLength(1);
  });
});

describe("servers that fail or lie", () => {
  const answer = (status: number, body: string, headers: Record<string, string> = {}): void => {
    vault.answer = (_, response) => response.writeHead(status, headers).end(body);
  };

  test("a failing server is tried as often as VAULT_MAX_RETRIES says", async () => {
    answer(502, "<html>bad gateway</html>", { "retry-after": "0" });
    expect(await failure(unwrap())).toMatch(/^UNREACHABLE: .*it fails \(status 502\)/);
    expect(vault.requests).toHaveLength(3);
    env["VAULT_MAX_RETRIES"] = "0";
    await failure(unwrap());
    expect(vault.requests).toHaveLength(4);
  });

  test.each([429, 412, 500, 503])("%d passes", async (status) => {
    vault.answer = (request, response) => {
      if (vault.requests.length === 1) response.writeHead(status, { "retry-after": "0" }).end();
      else response.end(transitAnswer(request));
    };
    expect(await unwrap()).toEqual(DATA_KEY);
  });

  test("a cut connection is tried again", async () => {
    vault.answer = (request, response) => {
      if (vault.requests.length === 1) response.destroy();
      else response.end(transitAnswer(request));
    };
    expect(await unwrap()).toEqual(DATA_KEY);
    env["VAULT_MAX_RETRIES"] = "0";
    vault.answer = (_, response) => response.destroy();
    expect(await failure(unwrap())).toMatch(/^UNREACHABLE: .*cut \(ECONNRESET\)/);
  });

  test("a wait that the server asks for ends with the timeout and with the user's cancel", async () => {
    answer(429, "", { "retry-after": "3600" });
    env["VAULT_CLIENT_TIMEOUT"] = "200ms";
    expect(await failure(unwrap())).toMatch(/^UNREACHABLE: .*no answer in time/);
    delete env["VAULT_CLIENT_TIMEOUT"];
    const abort = new AbortController();
    const running = vaultProvider.wrap(ref(), DATA_KEY, host(), abort.signal);
    setTimeout(() => {
      abort.abort(new Error("ctrl-c"));
    }, 100);
    await expect(running).rejects.toThrow("ctrl-c");
  });

  test.each([
    [400, JSON.stringify({ errors: [`no: ${TOKEN}`] })],
    [400, JSON.stringify({ errors: [`no: ${BASE64}`] })],
    [400, `you sent ${TOKEN}`],
    [418, JSON.stringify({ errors: "none", data: { plaintext: BASE64 } })],
  ])("its words are not repeated where they hold a secret: %d %s", async (status, body) => {
    answer(status, body);
    expect(await failure(wrap())).toMatch(/^WRAP_FAILED: .*: status \d+ \(/);
  });

  test("its words in one line, cut short", async () => {
    answer(400, JSON.stringify({ errors: ["one\n\ttwo", "x".repeat(999)] }));
    expect(await failure(wrap())).toMatch(/: status 400: one two; x{180,200}\.\.\. \(/);
  });

  test.each([
    "",
    "null",
    "[]",
    "{}",
    '{"data":null}',
    '{"data":{"plaintext":7}}',
    '{"data":{}}',
    "<html>",
    "\u0000",
  ])("an answer that is none: %j", async (body) => {
    answer(200, body);
    expect(await failure(unwrap())).toMatch(/^UNWRAP_FAILED: .*its answer has no plaintext/);
    expect(await failure(wrap())).toMatch(/^WRAP_FAILED: .*its answer has no ciphertext/);
  });

  test("an answer that is not base64", async () => {
    answer(200, '{"data":{"plaintext":"%%%"}}');
    expect(await failure(unwrap())).toMatch(/^UNWRAP_FAILED: .*not base64/);
  });

  test("an answer without end is not read to its end", async () => {
    answer(200, `{"data": "${"x".repeat(5_000_000)}"}`);
    expect(await failure(unwrap())).toMatch(/^UNREACHABLE/);
  });

  test("names that a shell would run stay out of the commands of a hint", async () => {
    answer(404, '{"errors":[]}');
    expect(await failure(unwrap({ engine_path: "a;id" }))).toMatch(/\(.*-path=PATH transit\)$/);
    answer(400, '{"errors":["encryption key not found"]}');
    expect(await failure(unwrap({ key_name: "$(id)\u001b" }))).toMatch(
      /\$\(id\)\\x1b .*vault write -f PATH\)$/,
    );
  });

  test("a token in the words of OpenBao or Vault for none", async () => {
    env = {};
    answer(400, JSON.stringify({ errors: ["missing client token"] }));
    expect(await failure(unwrap())).toMatch(/^NOT_LOGGED_IN: .*no token/);
  });

  test("a server that wants TLS, in the words of Go", async () => {
    answer(400, "Client sent an HTTP request to an HTTPS server.\n");
    expect(await failure(unwrap())).toMatch(
      /^UNREACHABLE: .*it speaks TLS.*write the URI of the key with https:/,
    );
  });
});

/** What we do otherwise on purpose: docs/compat.md. */
describeWith(["sops"], "the real sops, for comparison", () => {
  test("sends the token along with a redirect, and to whatever path a key name climbs to", async () => {
    const dir = mkdtempSync(join(tmpdir(), "enc-vault-"));
    const options = { cwd: dir, env, program: requirePart("sops") };
    const sealed = async (): Promise<string> => {
      const args = ["encrypt", "--hc-vault-transit", `${vault.url}/v1/transit/keys/k`, "plain.yaml"];
      return new TextDecoder().decode((await runSops(args, options)).stdout);
    };
    writeFileSync(join(dir, "plain.yaml"), "a: one\n");
    const file = await sealed();
    vault.requests.splice(0);
    vault.answer = (_, response) => response.writeHead(307, { location: `${other.url}/v1/x` }).end();
    writeFileSync(join(dir, "sealed.yaml"), file);
    await runSops(["decrypt", "sealed.yaml"], options);
    expect(other.requests).toMatchObject([{ method: "PUT", headers: { "x-vault-token": TOKEN } }]);
    writeFileSync(join(dir, "sealed.yaml"), file.replace("key_name: k", "key_name: ../../sys/seal"));
    await runSops(["decrypt", "sealed.yaml"], options);
    expect(vault.requests.at(-1)).toMatchObject({ method: "PUT", path: "/v1/sys/seal" });
    rmSync(dir, { recursive: true });
  });
});
