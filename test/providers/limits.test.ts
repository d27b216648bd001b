import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { SopsError } from "../../src/core/base/errors.ts";
import type { Host } from "../../src/core/ports/host.ts";
import type { KeyRef } from "../../src/core/keys/key.ts";
import { openTarget } from "../../src/destinations/index.ts";
import { postgresBackend } from "../../src/node/audit/postgres.ts";
import { nodeHost } from "../../src/node/host.ts";
import { keyServiceAt } from "../../src/node/keyservice/client.ts";
import { provider as awsKmsProvider } from "../../src/providers/aws-kms/index.ts";
import { provider as azureKvProvider } from "../../src/providers/azure-kv/index.ts";
import { provider as gcpKmsProvider } from "../../src/providers/gcp-kms/index.ts";
import { provider as hckmsProvider } from "../../src/providers/hckms/index.ts";
import { LIMITS, startLimit } from "../../src/providers/network.ts";
import { provider as vaultProvider } from "../../src/providers/vault/index.ts";
import { newAuthority } from "../support/cloud/certificates.ts";
import { trustInThisProcess } from "../support/cloud/trust.ts";
import { SLOW_KINDS, type SlowServer, slowServer } from "../support/servers/slow.ts";
import { type TlsFront, tlsFront } from "../support/servers/tls-front.ts";

const USUAL = { ...LIMITS };
const SHORT = 300;
/** Milliseconds within which a limit of SHORT must have come, on a busy machine. */
const SOON = 5000;

const DATA_KEY = new Uint8Array(32).fill(7);
const ref = <T extends KeyRef["type"]>(type: T, fields: KeyRef["fields"]) => ({ type, fields });
const AWS = { AWS_ACCESS_KEY_ID: "AKIA1", AWS_SECRET_ACCESS_KEY: "s", AWS_MAX_ATTEMPTS: "1" };
const HUAWEI = { HUAWEICLOUD_SDK_AK: "a", HUAWEICLOUD_SDK_SK: "s", HUAWEICLOUD_SDK_PROJECT_ID: "p" };
const AZURE = { AZURE_TENANT_ID: "t".repeat(36), AZURE_CLIENT_ID: "c", AZURE_CLIENT_SECRET: "s" };
const ARN = "arn:aws:kms:eu-west-1:123456789012:key/k";
const GCP_KEY = "projects/p/locations/global/keyRings/r/cryptoKeys/k";

const authority = newAuthority("limits");
let untrust: () => void;
let home: string;
let slow: SlowServer;
let front: TlsFront;

const world = (env: Readonly<Record<string, string>>): Host => nodeHost({ env: { HOME: home, ...env } });
const vaultKey = () => ref("hc_vault", { vault_address: slow.url, engine_path: "transit", key_name: "k" });
const bucket = { bucket: "bucket", prefix: "" };

/** The calls that leave this machine, each to the slow server, and what it is told as. */
const CALLS: readonly (readonly [name: string, code: string, call: () => Promise<unknown>])[] = [
  [
    "a key of Vault",
    "UNREACHABLE",
    () => vaultProvider.wrap(vaultKey(), DATA_KEY, world({ VAULT_TOKEN: "t", VAULT_ADDR: slow.url })),
  ],
  [
    "a key of AWS",
    "UNREACHABLE",
    () =>
      awsKmsProvider.wrap(ref("kms", { arn: ARN }), DATA_KEY, world({ ...AWS, AWS_ENDPOINT_URL: slow.url })),
  ],
  [
    "a role of AWS",
    "UNREACHABLE",
    () =>
      awsKmsProvider.wrap(
        ref("kms", { arn: ARN, role: "arn:aws:iam::123456789012:role/r" }),
        DATA_KEY,
        world({ ...AWS, AWS_ENDPOINT_URL_STS: slow.url }),
      ),
  ],
  [
    "a container's credentials of AWS",
    "UNREACHABLE",
    () =>
      awsKmsProvider.wrap(
        ref("kms", { arn: ARN }),
        DATA_KEY,
        world({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `${slow.url}/c`, AWS_ENDPOINT_URL: slow.url }),
      ),
  ],
  [
    "a key of Google by REST",
    "UNREACHABLE",
    () =>
      gcpKmsProvider.wrap(
        ref("gcp_kms", { resource_id: GCP_KEY }),
        DATA_KEY,
        world({ GOOGLE_OAUTH_ACCESS_TOKEN: "t", SOPS_GCP_KMS_ENDPOINT: front.url }),
      ),
  ],
  [
    "a key of Google by gRPC",
    "UNREACHABLE",
    () =>
      gcpKmsProvider.wrap(
        ref("gcp_kms", { resource_id: GCP_KEY }),
        DATA_KEY,
        world({ GOOGLE_OAUTH_ACCESS_TOKEN: "t", HTTPS_PROXY: slow.url }),
      ),
  ],
  [
    "a login of Google",
    "UNREACHABLE",
    () =>
      gcpKmsProvider.wrap(
        ref("gcp_kms", { resource_id: GCP_KEY }),
        DATA_KEY,
        world({ GOOGLE_APPLICATION_CREDENTIALS: join(home, "user.json"), HTTPS_PROXY: slow.url }),
      ),
  ],
  [
    "the metadata server of Google",
    "NOT_LOGGED_IN",
    () => {
      // Making the client alone takes longer than SHORT.
      LIMITS.call = SOON;
      return gcpKmsProvider.wrap(
        ref("gcp_kms", { resource_id: GCP_KEY }),
        DATA_KEY,
        world({ GCE_METADATA_HOST: new URL(slow.url).host }),
      );
    },
  ],
  [
    "a key of Azure",
    "UNREACHABLE",
    () =>
      azureKvProvider.wrap(
        ref("azure_kv", { vault_url: "https://team.vault.azure.net", name: "k", version: "1" }),
        DATA_KEY,
        world({ ...AZURE, HTTPS_PROXY: slow.url }),
      ),
  ],
  [
    "a key of Huawei",
    "UNREACHABLE",
    () =>
      hckmsProvider.wrap(
        ref("hckms", { key_id: "tr-west-1:k" }),
        DATA_KEY,
        world({ ...HUAWEI, HUAWEICLOUD_SDK_REGION_KMS_TR_WEST_1: slow.url }),
      ),
  ],
  [
    "a key service",
    "UNREACHABLE",
    () => keyServiceAt({ network: "tcp", host: "127.0.0.1", port: slow.port }).wrap(vaultKey(), DATA_KEY),
  ],
  [
    "a bucket of S3",
    "UNREACHABLE",
    async () => {
      const host = world({ ...AWS, AWS_ENDPOINT_URL_S3: slow.url });
      await (await openTarget({ type: "s3", ...bucket }, host, undefined)).write("a", DATA_KEY);
    },
  ],
  [
    "a bucket of Google",
    "UNREACHABLE",
    async () => {
      const host = world({ STORAGE_EMULATOR_HOST: slow.url });
      await (await openTarget({ type: "gcs", ...bucket }, host, undefined)).write("a", DATA_KEY);
    },
  ],
  [
    "a login for a bucket of Google",
    "UNREACHABLE",
    async () => {
      const host = world({
        GOOGLE_APPLICATION_CREDENTIALS: join(home, "user.json"),
        HTTPS_PROXY: slow.url,
      });
      await (await openTarget({ type: "gcs", ...bucket }, host, undefined)).write("a", DATA_KEY);
    },
  ],
  [
    "a secret of Vault",
    "UNREACHABLE",
    async () => {
      const host = world({ VAULT_TOKEN: "t", VAULT_ADDR: slow.url });
      const spec = { type: "vault", address: slow.url, mount: "", path: "p", version: 2 } as const;
      await (await openTarget(spec, host, undefined)).write("a", new TextEncoder().encode("{}"));
    },
  ],
  [
    "an audit",
    "AUDIT_FAILED",
    () =>
      postgresBackend(
        `host=127.0.0.1 port=${String(slow.port)} sslmode=disable connect_timeout=1`,
        world({}),
      ).record({ action: "decrypt", username: "me", file: "/f", time: new Date() }),
  ],
];

beforeAll(() => {
  untrust = trustInThisProcess(authority.cert);
  home = mkdtempSync(join(tmpdir(), "enc-limits-"));
  const user = { type: "authorized_user", client_id: "c", client_secret: "s", refresh_token: "r" };
  writeFileSync(join(home, "user.json"), JSON.stringify(user));
});
beforeEach(() => {
  const short = { upload: SHORT, metadata: SHORT / 10, machine: SHORT, keyService: SHORT };
  Object.assign(LIMITS, { ...short, call: SHORT, login: 2 * SHORT });
});
afterEach(() => {
  Object.assign(LIMITS, USUAL);
});
afterAll(() => {
  untrust();
  rmSync(home, { recursive: true });
});

describe.each(SLOW_KINDS)("a server that is %s", (kind) => {
  beforeAll(async () => {
    slow = await slowServer(kind);
    front = await tlsFront(slow.port, authority.issue("127.0.0.1"));
  });
  afterAll(async () => {
    await front.stop();
    await slow.stop();
  });

  test.each(CALLS)("%s", async (_, code, call) => {
    const started = performance.now();
    const error: unknown = await call().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SopsError);
    expect(error).toMatchObject({ code });
    expect(performance.now() - started).toBeLessThan(SOON);
  });
});

/** It showed on Node 20 alone: nothing but the inner signal of `AbortSignal.any` held the timer, and was collected. */
describe("a limit", () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;

  test("comes whatever the garbage collector does", async () => {
    const user = new AbortController();
    const { signal, end } = startLimit(user.signal, SHORT);
    const ended = new Promise((resolve) => {
      signal.addEventListener("abort", resolve, { once: true });
    });
    for (let i = 0; i < 5; i++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      collectGarbage();
    }
    await ended;
    expect(signal.reason).toMatchObject({ name: "TimeoutError" });
    end();
  });

  test("keeps the user's reason, and nothing is left of it when the work is done", () => {
    const user = new AbortController();
    const done = startLimit(user.signal, SHORT);
    const open = startLimit(user.signal, Infinity);
    done.end();
    user.abort(new Error("ctrl-c"));
    expect(done.signal.aborted).toBe(false);
    expect(open.signal.reason).toMatchObject({ message: "ctrl-c" });
    expect(startLimit(user.signal).signal.reason).toMatchObject({ message: "ctrl-c" });
  });
});
