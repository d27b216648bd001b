import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";
import { fakeGcpKms, type FakeGcpKms } from "../support/cloud/gcp.ts";
import { startCloud, type Cloud } from "../support/cloud/proxy.ts";
import { IDENTITY, RECIPIENT } from "../support/context.ts";
import { describeWith, requirePart } from "../support/parts.ts";

const PLAIN = "# of the database\nuser: app\npassword: correct horse\n";

interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The same file through real sops and through enc, each a process of its own, in the same cloud. */
describeWith(["sops"], "GCP KMS with real sops", () => {
  let cloud: Cloud;
  let kms: FakeGcpKms;
  let folder: string;
  let key: string;
  let login: Record<string, string>;

  beforeAll(async () => {
    kms = fakeGcpKms();
    cloud = await startCloud({ routes: kms.routes });
    folder = mkdtempSync(join(tmpdir(), "enc-gcp-"));
    await build({
      entryPoints: [join(import.meta.dirname, "../../src/cli/bin.ts")],
      outfile: path("enc.cjs"),
      bundle: true,
      minify: true,
      platform: "node",
      format: "cjs",
      logLevel: "error",
    });
    key = kms.addKey("app");
    kms.tokens.add("ya29.test");
    login = { GOOGLE_OAUTH_ACCESS_TOKEN: "ya29.test" };
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await cloud.stop();
  });

  const run = (
    file: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<Result> => {
    const base = { PATH: process.env["PATH"] ?? "", HOME: folder, SOPS_AGE_KEY: "" };
    const child = spawn(file, args, { cwd: folder, env: { ...base, ...env } });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => {
        resolve({ code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() });
      });
    });
  };
  const enc = (args: readonly string[], env: Readonly<Record<string, string>>): Promise<Result> =>
    run(process.execPath, [path("enc.cjs"), ...args], { ...cloud.envForEnc, ...env });
  const sops = (args: readonly string[], env: Readonly<Record<string, string>>): Promise<Result> =>
    run(requirePart("sops"), args, { ...cloud.envForSops, SOPS_DISABLE_VERSION_CHECK: "1", ...env });
  const path = (name: string): string => join(folder, name);

  /** Seals PLAIN into a file by one tool, opens it by the other. */
  async function across(seal: typeof enc, open: typeof enc, env: Record<string, string>): Promise<Result> {
    writeFileSync(path("plain.yaml"), PLAIN);
    const sealed = await seal(["encrypt", "--gcp-kms", key, "plain.yaml"], env);
    expect(sealed.code, sealed.stderr).toBe(0);
    expect(sealed.stdout).not.toContain("correct horse");
    writeFileSync(path("sealed.yaml"), sealed.stdout);
    return open(["decrypt", "sealed.yaml"], env);
  }

  const opened = { code: 0, stderr: "", stdout: PLAIN };

  it.each(["grpc", "rest"])("both ways by %s", async (transport) => {
    kms.calls.length = 0;
    const env = { ...login, SOPS_GCP_KMS_CLIENT_TYPE: transport };
    expect(await across(enc, sops, env)).toEqual(opened);
    expect(await across(sops, enc, env)).toEqual(opened);
    const calls = [`${transport} Encrypt`, `${transport} Decrypt`];
    expect(kms.calls).toEqual([...calls, ...calls]);
  });

  it("with the key of a service account as JSON text, and in a file", async () => {
    const json = kms.addServiceAccount();
    writeFileSync(path("account.json"), json);
    expect(await across(enc, sops, { GOOGLE_CREDENTIALS: json })).toEqual(opened);
    expect(await across(sops, enc, { GOOGLE_CREDENTIALS: path("account.json") })).toEqual(opened);
  });

  it("with the login of a user, which both refresh, and its quota project", async () => {
    writeFileSync(path("adc.json"), kms.addUser({ quota_project_id: "billing-project" }));
    cloud.requests.length = 0;
    const env = { GOOGLE_APPLICATION_CREDENTIALS: path("adc.json") };
    expect(await across(enc, sops, env)).toEqual(opened);
    expect(await across(sops, enc, env)).toEqual(opened);
    const projects = cloud.requests
      .filter(({ host }) => host.startsWith("cloudkms."))
      .map(({ headers }) => headers["x-goog-user-project"]);
    expect(projects).toEqual(Array.from({ length: 4 }, () => "billing-project"));
  });

  it("with an endpoint of its own, as a name with and without its port", async () => {
    const direct = {
      ...login,
      HTTPS_PROXY: "",
      SOPS_GCP_KMS_ENDPOINT: cloud.directUrl.slice("https://".length),
    };
    expect(await across(enc, sops, direct)).toEqual(opened);
    const rest = { ...direct, SOPS_GCP_KMS_CLIENT_TYPE: "REST" };
    expect(await across(sops, enc, rest)).toEqual(opened);
    cloud.requests.length = 0;
    const sovereign = { ...login, SOPS_GCP_KMS_ENDPOINT: "cloudkms.s3nsapis.fr" };
    expect(await across(enc, sops, sovereign)).toEqual(opened);
    expect(await across(sops, enc, { ...sovereign, SOPS_GCP_KMS_CLIENT_TYPE: "rest" })).toMatchObject({
      code: 0,
    });
    expect(new Set(cloud.requests.map(({ host }) => host))).toEqual(new Set(["cloudkms.s3nsapis.fr"]));
  });

  it("in threshold groups with age", async () => {
    const config = `creation_rules:
  - shamir_threshold: 2
    key_groups:
      - age: [${RECIPIENT}]
      - gcp_kms: [{ resource_id: ${key} }]
      - gcp_kms: [{ resource_id: ${kms.addKey("gone")} }]
`;
    writeFileSync(path(".sops.yaml"), config);
    writeFileSync(path("plain.yaml"), PLAIN);
    const both = { ...login, SOPS_AGE_KEY: IDENTITY };
    for (const [seal, open] of [
      [enc, sops],
      [sops, enc],
    ] as const) {
      kms.setState(kms.addKey("gone"), "ENABLED");
      const sealed = await seal(["encrypt", "plain.yaml"], both);
      expect(sealed).toMatchObject({ code: 0, stderr: "" });
      writeFileSync(path("groups.yaml"), sealed.stdout);
      kms.setState("projects/test-project/locations/global/keyRings/sops/cryptoKeys/gone", "DESTROYED");
      expect(await open(["decrypt", "groups.yaml"], both)).toEqual(opened);
      expect(await enc(["decrypt", "groups.yaml"], login)).toMatchObject({ code: 128 });
    }
    rmSync(path(".sops.yaml"));
  });

  it("with the token that the metadata server of a machine in Google's cloud gives", async () => {
    const metadata = createServer((request, response) => {
      response.setHeader("metadata-flavor", "Google");
      const isToken = request.url?.includes("/service-accounts/default/token") === true;
      response.end(
        isToken ? JSON.stringify({ access_token: "ya29.test", expires_in: 3599, token_type: "Bearer" }) : "",
      );
    });
    await new Promise<void>((resolve) => metadata.listen(0, "127.0.0.1", resolve));
    const { port } = metadata.address() as AddressInfo;
    expect(await across(enc, sops, { GCE_METADATA_HOST: `127.0.0.1:${port}` })).toEqual(opened);
    await new Promise((resolve) => metadata.close(resolve));
  });

  it("says what to do where the login has expired, and no secret with it", async () => {
    const refresh = kms.addUser();
    writeFileSync(path("adc.json"), refresh);
    const env = { GOOGLE_APPLICATION_CREDENTIALS: path("adc.json") };
    await across(enc, sops, env);
    cloud.faults.add("expired");
    const failed = await enc(["decrypt", "sealed.yaml"], env);
    cloud.faults.clear();
    expect(failed.code).toBe(128);
    expect(failed.stderr).toContain(
      "the login of GOOGLE_APPLICATION_CREDENTIALS has expired or was revoked (invalid_grant)",
    );
    expect(failed.stderr).toContain("gcloud auth application-default login");
    const { refresh_token } = JSON.parse(refresh) as { refresh_token: string };
    expect(failed.stderr).not.toContain(refresh_token);
  });

  it("logs neither data key nor token where the Google libraries are told to log", async () => {
    const loud = {
      ...login,
      GOOGLE_SDK_NODE_LOGGING: "all",
      GRPC_TRACE: "all",
      GRPC_VERBOSITY: "DEBUG",
      DEBUG: "*",
    };
    expect(await across(sops, enc, loud)).toEqual(opened);
  });
});
