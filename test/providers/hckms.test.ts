import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Host } from "../../src/core/ports/host.ts";
import { nodeHost } from "../../src/node/host.ts";
import { provider as hckmsProvider } from "../../src/providers/hckms/index.ts";
import { readProfile } from "../../src/providers/hckms/profile.ts";
import { iamEndpoint, kmsEndpoints } from "../../src/providers/hckms/regions.ts";
import { fakeHuawei } from "../support/cloud/huawei.ts";
import { startCloud, type Cloud, type Fault } from "../support/cloud/proxy.ts";
import { trustInThisProcess } from "../support/cloud/trust.ts";
import { fakeHost } from "../support/fake-host.ts";

const DATA_KEY = Uint8Array.from({ length: 32 }, (_, i) => i);
const huawei = fakeHuawei();
const ref = { type: "hckms", fields: { key_id: `tr-west-1:${huawei.addKey()}` } } as const;
let cloud: Cloud;
let untrust: () => void;

beforeAll(async () => {
  cloud = await startCloud({ routes: huawei.routes });
  untrust = trustInThisProcess(cloud.caCert);
});
afterEach(() => {
  cloud.faults.clear();
  huawei.projects.set("tr-west-1", ["0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a"]);
});
afterAll(async () => {
  untrust();
  await cloud.stop();
});

const login = () => ({
  HUAWEICLOUD_SDK_AK: huawei.accessKey,
  HUAWEICLOUD_SDK_SK: huawei.secretKey,
  HUAWEICLOUD_SDK_REGION_KMS_TR_WEST_1: cloud.directUrl,
  HUAWEICLOUD_SDK_IAM_ENDPOINT: cloud.directUrl,
});
const hostWith = (env: Readonly<Record<string, string>> = {}) => nodeHost({ env: { ...login(), ...env } });

async function messageOf(env?: Readonly<Record<string, string>>): Promise<string> {
  const failed: unknown = await hckmsProvider.wrap(ref, DATA_KEY, hostWith(env)).catch((e: unknown) => e);
  const { code, message, hint } = failed as { code: string; message: string; hint: string };
  return `${code}: ${message.replace(/^huawei cloud kms, key \S+: /, "")} -> ${hint}`;
}

describe("a key of huawei cloud kms", () => {
  it.each(["tr-west-1", ":x", "tr-west-1:", "evil.example.com/:x"])("is not %s", (text) => {
    expect(() => hckmsProvider.fromConfig(text)).toThrow(expect.objectContaining({ code: "BAD_RECIPIENT" }));
  });

  it("is split at the first colon", () => {
    expect(hckmsProvider.fromConfig(" tr-west-1:a:b ")).toEqual([
      { type: "hckms", fields: { key_id: "tr-west-1:a:b" } },
    ]);
  });

  it("looks its project up once, and not at all where it is named", async () => {
    const host = hostWith();
    const enc = await hckmsProvider.wrap(ref, DATA_KEY, host);
    await hckmsProvider.unwrap({ ...ref, enc }, host);
    const lookUps = () => cloud.requests.filter(({ path }) => path.startsWith("/v3/projects")).length;
    const before = lookUps();
    expect(before).toBe(1);
    const [project = ""] = huawei.projects.get("tr-west-1") ?? [];
    await hckmsProvider.wrap(ref, DATA_KEY, hostWith({ HUAWEICLOUD_SDK_PROJECT_ID: project }));
    expect(lookUps()).toBe(before);
  });

  it("takes its access key from a profile", async () => {
    const env = { ...login(), HUAWEICLOUD_SDK_AK: "", HUAWEICLOUD_SDK_CREDENTIALS_FILE: "/profile" };
    const profile = `[global]\nak = other\n[basic]\n; a remark\nak = ${huawei.accessKey}\nsk: "${huawei.secretKey}"\n`;
    const { fetch } = globalThis;
    const host: Host = {
      ...fakeHost({ env, files: { "/profile": profile } }),
      fetch: (url, init) => fetch(url, init as RequestInit),
    };
    const enc = await hckmsProvider.wrap(ref, DATA_KEY, host);
    expect(await hckmsProvider.unwrap({ ...ref, enc }, host)).toEqual(DATA_KEY);
  });

  it("goes to the next address where one is not there", async () => {
    const gone = await startCloud({ routes: [] });
    await gone.stop();
    const endpoints = `${gone.directUrl},${cloud.directUrl}`;
    const enc = await hckmsProvider.wrap(
      ref,
      DATA_KEY,
      hostWith({ HUAWEICLOUD_SDK_REGION_KMS_TR_WEST_1: endpoints }),
    );
    expect(enc).toMatch(/^[\w+/=]+$/);
  });
});

describe("what goes wrong at huawei cloud kms", () => {
  it.each<[Fault, string]>([
    ["denied", "KEY_DENIED: no permission (403, KMS.0303) -> grant iam:projects:listProjects"],
    ["throttled always", "THROTTLED: the service asks to slow down (429, APIGW.0308) -> wait"],
    [
      "expired",
      "NOT_LOGGED_IN: the access key is wrong or has expired (401, APIGW.0301) -> check HUAWEICLOUD_SDK_AK",
    ],
    ["down", "UNREACHABLE: the connection was cut"],
  ])("%s", async (fault, told) => {
    cloud.faults.add(fault);
    const [project = ""] = huawei.projects.get("tr-west-1") ?? [];
    // Else the look-up of the project would already fail.
    const env = fault === "throttled always" ? { HUAWEICLOUD_SDK_PROJECT_ID: project } : {};
    expect(await messageOf(env)).toContain(told);
  });

  it("a certificate that nobody trusts", async () => {
    const stranger = await startCloud({ routes: huawei.routes });
    const told = await messageOf({ HUAWEICLOUD_SDK_IAM_ENDPOINT: stranger.directUrl });
    expect(told).toContain("UNREACHABLE: its TLS certificate comes from an unknown CA");
    await stranger.stop();
  });

  it.each([
    [[], "the account has no project with the name tr-west-1"],
    [["a", "b"], "the account has 2 projects with the name tr-west-1"],
  ])("projects %j", async (projects, told) => {
    huawei.projects.set("tr-west-1", projects);
    expect(await messageOf()).toContain(`NOT_LOGGED_IN: ${told} -> set HUAWEICLOUD_SDK_PROJECT_ID`);
  });

  it("sends the data key over plain http to nobody else than this machine", async () => {
    const env = { HUAWEICLOUD_SDK_REGION_KMS_TR_WEST_1: "http://kms.example.com" };
    expect(await messageOf(env)).toContain(
      "BAD_CONFIG: huawei cloud: the address of a server must start with https://",
    );
  });
});

describe("regions of huawei cloud", () => {
  it.each([
    ["cn-north-4", "https://kms.cn-north-4.myhuaweicloud.com", "https://iam.cn-north-4.myhuaweicloud.com"],
    ["eu-west-101", "https://kms.eu-west-101.myhuaweicloud.eu", "https://iam.myhuaweicloud.com"],
  ])("%s", async (region, kms, iam) => {
    expect(await kmsEndpoints(region, fakeHost())).toEqual([kms]);
    expect(iamEndpoint(fakeHost(), undefined, region)).toBe(iam);
  });

  it("come from a file", async () => {
    const yaml = "kms:\n  - id: my-1\n    endpoint: kms.one.test\n    endpoints: [https://kms.two.test]\n";
    const host = fakeHost({ home: "/home/me", files: { "/home/me/.huaweicloud/regions.yaml": yaml } });
    expect(await kmsEndpoints("my-1", host)).toEqual(["https://kms.one.test", "https://kms.two.test"]);
    await expect(kmsEndpoints("my-2", host)).rejects.toMatchObject({ code: "BAD_RECIPIENT" });
  });

  it("a profile is one section of an INI file", () => {
    expect(readProfile("ak = 0\n[basic]\r\nak=1\r\n# sk = 2\nsk : a=b\n[other]\nak = 3\n", "basic")).toEqual({
      ak: "1",
      sk: "a=b",
    });
  });
});
