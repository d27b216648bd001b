import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { SopsError } from "../../src/core/base/errors.ts";
import type { Host } from "../../src/core/ports/host.ts";
import { nodeHost } from "../../src/node/host.ts";
import { provider as gcpKmsProvider } from "../../src/providers/gcp-kms/index.ts";
import { fakeGcpKms, type FakeGcpKms, type GcpError } from "../support/cloud/gcp.ts";
import { startRelay } from "../support/cloud/gcp-relay.ts";
import { startCloud, type Cloud, type Fault } from "../support/cloud/proxy.ts";
import { trustInThisProcess } from "../support/cloud/trust.ts";

const TOKEN = "ya29.canary";
const DATA_KEY = new Uint8Array(32).fill(7);

let kms: FakeGcpKms;
let cloud: Cloud;
let distrust: () => void;
let key: string;

beforeAll(async () => {
  kms = fakeGcpKms();
  cloud = await startCloud({ routes: kms.routes });
  distrust = trustInThisProcess(cloud.caCert);
  key = kms.addKey("app");
  kms.tokens.add(TOKEN);
});
afterEach(() => {
  cloud.faults.clear();
  kms.next.length = 0;
});
afterAll(async () => {
  distrust();
  await cloud.stop();
});

const worldOf = (env: Readonly<Record<string, string>>): Host =>
  nodeHost({ env: { HOME: "/nonexistent", HTTPS_PROXY: cloud.proxyUrl, ...env } });
const ref = (resource_id: string): { type: "gcp_kms"; fields: { resource_id: string } } => ({
  type: "gcp_kms",
  fields: { resource_id },
});
const wrap = (env: Readonly<Record<string, string>>): Promise<string> =>
  gcpKmsProvider.wrap(ref(key), DATA_KEY, worldOf(env));

/** What a call is refused with, as a user reads it. */
async function refusal(call: Promise<unknown>): Promise<SopsError> {
  const error: unknown = await call.then(
    () => new Error("it was not refused"),
    (reason: unknown) => reason,
  );
  if (error instanceof SopsError) return error;
  throw error;
}

describe.each(["grpc", "rest"])("GCP KMS by %s: failures", (transport) => {
  const env = { GOOGLE_OAUTH_ACCESS_TOKEN: TOKEN, SOPS_GCP_KMS_CLIENT_TYPE: transport };

  it("denied: names the permission and the role, of wrapping and of unwrapping", async () => {
    const enc = await wrap(env);
    cloud.faults.add("denied");
    const toWrap = await refusal(wrap(env));
    expect(toWrap).toMatchObject({ code: "KEY_DENIED" });
    expect(toWrap.hint).toMatch(
      /cloudkms\.cryptoKeyVersions\.useToEncrypt.*roles\/cloudkms\.cryptoKeyEncrypter/,
    );
    const toUnwrap = await refusal(gcpKmsProvider.unwrap({ ...ref(key), enc }, worldOf(env)));
    expect(toUnwrap.hint).toMatch(
      /cloudkms\.cryptoKeyVersions\.useToDecrypt.*roles\/cloudkms\.cryptoKeyDecrypter/,
    );
  });

  it.each<[GcpError["status"], string | undefined, string, RegExp]>([
    [
      "PERMISSION_DENIED",
      "SERVICE_DISABLED",
      "KEY_DENIED",
      /gcloud services enable cloudkms\.googleapis\.com/,
    ],
    ["PERMISSION_DENIED", "USER_PROJECT_DENIED", "KEY_DENIED", /set-quota-project/],
    ["PERMISSION_DENIED", "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "KEY_DENIED", /auth\/cloud-platform/],
    ["NOT_FOUND", undefined, "KEY_NOT_FOUND", /gcloud kms keys list --keyring=projects/],
    ["INVALID_ARGUMENT", undefined, "KEY_UNUSABLE", /ENCRYPT_DECRYPT/],
    ["UNAUTHENTICATED", undefined, "NOT_LOGGED_IN", /GOOGLE_OAUTH_ACCESS_TOKEN=\$\(gcloud auth/],
    ["INTERNAL", undefined, "WRAP_FAILED", /try again/],
  ])("%s %s: %s", async (status, reason, code, hint) => {
    kms.next.push({ status, message: `canary ${TOKEN}`, reason });
    const error = await refusal(wrap(env));
    expect(error).toMatchObject({ code });
    expect(error.message).toContain(key);
    expect(error.hint).toMatch(hint);
    expect(`${error.message}${error.hint ?? ""}`).not.toContain("canary");
  });

  it.each(["DISABLED", "DESTROYED"] as const)("%s: says so", async (state) => {
    kms.setState(key, state);
    const error = await refusal(wrap(env)).finally(() => {
      kms.setState(key, "ENABLED");
    });
    expect(error).toMatchObject({ code: "KEY_UNUSABLE" });
    expect(error.message).toContain(`its primary version is ${state}`);
  });

  it("waits and asks again where there were too many requests, or the service is away", async () => {
    kms.calls.length = 0;
    kms.next.push({ status: "RESOURCE_EXHAUSTED", message: "slow down" });
    kms.next.push({ status: "UNAVAILABLE", message: "a moment" });
    expect(await wrap(env)).not.toBe("");
    expect(kms.calls).toHaveLength(3);
  });

  it("gives up where it stays so, and gives up at once where it is told to", async () => {
    cloud.faults.add("throttled");
    expect(await refusal(wrap(env))).toMatchObject({ code: "THROTTLED" });
    const abort = new AbortController();
    const reason = new Error("the user pressed Ctrl-C");
    const call = gcpKmsProvider.wrap(ref(key), DATA_KEY, worldOf(env), abort.signal);
    setTimeout(() => {
      abort.abort(reason);
    }, 300);
    await expect(call).rejects.toBe(reason);
  });

  it.each<[Fault, RegExp, RegExp]>([
    ["untrusted", /TLS certificate.*\([A-Z_]+\)/, /NODE_EXTRA_CA_CERTS/],
    ["down", /https:\/\/cloudkms\.googleapis\.com:443/, /HTTPS_PROXY/],
  ])("%s: is unreachable, and says why", async (fault, message, hint) => {
    cloud.faults.add(fault);
    const error = await refusal(wrap(env));
    expect(error).toMatchObject({ code: "UNREACHABLE" });
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
  });

  it("nobody there, and no proxy there: is unreachable, and says where", async () => {
    const relay = await startRelay(cloud.proxyUrl);
    await relay.stop();
    const { host } = new URL(relay.url);
    const nobody = await refusal(wrap({ ...env, SOPS_GCP_KMS_ENDPOINT: host }));
    expect(nobody).toMatchObject({ code: "UNREACHABLE" });
    expect(nobody.message).toContain(`no answer from https://${host}: nothing listens there (ECONNREFUSED)`);
    const proxy = `http://user:canary@${host}`;
    const noProxy = await refusal(wrap({ ...env, HTTPS_PROXY: proxy }));
    expect(noProxy).toMatchObject({ code: "UNREACHABLE" });
    expect(noProxy.message).toContain(`through the proxy ${host}`);
    expect(noProxy.message).not.toContain("canary");
  });
});

describe("GCP KMS: logins", () => {
  it.each<[string, Readonly<Record<string, string>>, string, RegExp]>([
    [
      "no file, no JSON",
      { GOOGLE_CREDENTIALS: "/nonexistent/a.json" },
      "BAD_CONFIG",
      /GOOGLE_CREDENTIALS holds no JSON/,
    ],
    ["no type", { GOOGLE_CREDENTIALS: `{"private_key":"${TOKEN}"}` }, "BAD_CONFIG", /do not say their type/],
    [
      "no file",
      { GOOGLE_APPLICATION_CREDENTIALS: "/nonexistent/b.json" },
      "NOT_LOGGED_IN",
      /GOOGLE_APPLICATION_CREDENTIALS names a file that does not exist/,
    ],
    [
      "a key that is none",
      { GOOGLE_CREDENTIALS: `{"type":"service_account","client_email":"a@b","private_key":"${TOKEN}"}` },
      "NOT_LOGGED_IN",
      /private_key of GOOGLE_CREDENTIALS cannot be read/,
    ],
  ])("%s", async (_, env, code, message) => {
    const error = await refusal(wrap(env));
    expect(error).toMatchObject({ code });
    expect(error.message).toMatch(message);
    expect(`${error.message}${error.hint ?? ""}`).not.toContain(TOKEN);
  });

  it("takes GOOGLE_CREDENTIALS before the token, and the token before the application default", async () => {
    const first = kms.addServiceAccount();
    expect(await wrap({ GOOGLE_CREDENTIALS: first, GOOGLE_OAUTH_ACCESS_TOKEN: "stranger" })).not.toBe("");
    const env = { GOOGLE_OAUTH_ACCESS_TOKEN: TOKEN, GOOGLE_APPLICATION_CREDENTIALS: "/nonexistent/c.json" };
    expect(await wrap(env)).not.toBe("");
  });

  it("sends no credentials of one universe to another", async () => {
    const env = { GOOGLE_CREDENTIALS: kms.addServiceAccount(), SOPS_GCP_KMS_UNIVERSE_DOMAIN: "s3nsapis.fr" };
    cloud.requests.length = 0;
    const error = await refusal(wrap(env));
    expect(error).toMatchObject({ code: "BAD_CONFIG" });
    expect(error.hint).toContain("SOPS_GCP_KMS_UNIVERSE_DOMAIN=googleapis.com");
    expect(cloud.requests).toEqual([]);
  });

  it.each(["grpc", "rest"])("reaches the universe that is named, by %s", async (transport) => {
    cloud.requests.length = 0;
    const env = { SOPS_GCP_KMS_UNIVERSE_DOMAIN: "s3nsapis.fr", SOPS_GCP_KMS_CLIENT_TYPE: transport };
    const account = kms.addServiceAccount({ universe_domain: "s3nsapis.fr" });
    await wrap({ ...env, GOOGLE_CREDENTIALS: account });
    await wrap({ ...env, GOOGLE_OAUTH_ACCESS_TOKEN: TOKEN });
    expect(cloud.requests.map(({ host }) => host)).toEqual(["cloudkms.s3nsapis.fr", "cloudkms.s3nsapis.fr"]);
  });

  it("bills the project that GOOGLE_CLOUD_QUOTA_PROJECT names before that of the login", async () => {
    const user = kms.addUser({ quota_project_id: "of-the-login" });
    cloud.requests.length = 0;
    await wrap({ GOOGLE_CREDENTIALS: user, GOOGLE_CLOUD_QUOTA_PROJECT: "of-the-variable" });
    expect(cloud.requests.at(-1)?.headers["x-goog-user-project"]).toBe("of-the-variable");
  });

  it("nowhere: says what to set", async () => {
    const relay = await startRelay(cloud.proxyUrl);
    await relay.stop();
    const error = await refusal(wrap({ GCE_METADATA_HOST: new URL(relay.url).host }));
    expect(error).toMatchObject({
      code: "NOT_LOGGED_IN",
      message: "GCP KMS: there are no Google credentials",
    });
    expect(error.hint).toContain("gcloud auth application-default login");
  });

  it("an expired one, and a token endpoint out of reach", async () => {
    const user = { GOOGLE_CREDENTIALS: kms.addUser() };
    cloud.faults.add("expired");
    const expired = await refusal(wrap(user));
    expect(expired).toMatchObject({ code: "NOT_LOGGED_IN" });
    expect(expired.message).toContain("(invalid_grant)");
    cloud.faults.clear();
    cloud.faults.add("untrusted");
    const untrusted = await refusal(wrap(user));
    expect(untrusted).toMatchObject({ code: "UNREACHABLE" });
    expect(untrusted.message).toContain("cannot log in with GOOGLE_CREDENTIALS: its TLS certificate");
  });

  it("makes a connection for many keys, and a new one where a variable has changed", async () => {
    const host = worldOf({ GOOGLE_CREDENTIALS: kms.addUser() });
    cloud.requests.length = 0;
    await Promise.all([1, 2, 3].map(() => gcpKmsProvider.wrap(ref(key), DATA_KEY, host)));
    await gcpKmsProvider.wrap(ref(key), DATA_KEY, host);
    expect(cloud.requests.filter(({ path }) => path === "/token")).toHaveLength(1);
  });
});

describe("GCP KMS: settings", () => {
  const token = { GOOGLE_OAUTH_ACCESS_TOKEN: TOKEN };
  it.each<[Readonly<Record<string, string>>, RegExp]>([
    [{ SOPS_GCP_KMS_CLIENT_TYPE: "soap" }, /neither grpc nor rest: soap/],
    [{ SOPS_GCP_KMS_ENDPOINT: "http://kms.example.com" }, /not the address of a TLS server/],
    [{ SOPS_GCP_KMS_ENDPOINT: "kms.example.com/path" }, /not the address of a TLS server/],
    [{ HTTPS_PROXY: "https://proxy.example.com" }, /proxy that itself speaks TLS/],
  ])("%j is refused", async (env, message) => {
    const error = await refusal(wrap({ ...token, ...env }));
    expect(error).toMatchObject({ code: "BAD_CONFIG" });
    expect(error.message).toMatch(message);
  });

  it.each(["https://cloudkms.s3nsapis.fr", "https://cloudkms.s3nsapis.fr:443/", "cloudkms.s3nsapis.fr:443"])(
    "endpoint %s wins over the universe",
    async (endpoint) => {
      cloud.requests.length = 0;
      await wrap({
        ...token,
        SOPS_GCP_KMS_ENDPOINT: endpoint,
        SOPS_GCP_KMS_UNIVERSE_DOMAIN: "other.example",
      });
      expect(cloud.requests.map(({ host }) => host)).toEqual(["cloudkms.s3nsapis.fr"]);
    },
  );

  it("refuses the id of a version and says what to leave out", () => {
    expect(() => gcpKmsProvider.fromConfig(`${key}/cryptoKeyVersions/3`)).toThrow(
      expect.objectContaining({
        code: "BAD_RECIPIENT",
        hint: expect.stringContaining("leave /cryptoKeyVersions/3 out") as string,
      }),
    );
  });

  it("takes spaces out of an id, as sops does", () => {
    expect(gcpKmsProvider.fromConfig(` ${key.replaceAll("/", " / ")} `)).toEqual([ref(key)]);
  });
});
