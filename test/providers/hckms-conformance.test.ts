import { afterAll, beforeAll, describe } from "vitest";
import { nodeHost } from "../../src/node/host.ts";
import { provider as hckmsProvider } from "../../src/providers/hckms/index.ts";
import { fakeHuawei } from "../support/cloud/huawei.ts";
import { startCloud, type Cloud } from "../support/cloud/proxy.ts";
import { trustInThisProcess } from "../support/cloud/trust.ts";
import { stalledServer } from "../support/servers/stalled.ts";
import { conformance } from "./conformance.ts";

describe("huawei cloud kms", () => {
  const huawei = fakeHuawei();
  let cloud: Cloud;
  let untrust: () => void;
  beforeAll(async () => {
    cloud = await startCloud({ routes: huawei.routes });
    untrust = trustInThisProcess(cloud.caCert);
  });
  afterAll(async () => {
    untrust();
    await cloud.stop();
  });

  conformance("huawei cloud kms", () => {
    const [uuid, disabled] = [huawei.addKey(), huawei.addKey()];
    huawei.keys.set(disabled, { enabled: false, secret: Buffer.alloc(32) });
    const hostWith = (env: Readonly<Record<string, string>>) =>
      nodeHost({
        env: {
          HUAWEICLOUD_SDK_AK: huawei.accessKey,
          HUAWEICLOUD_SDK_SK: huawei.secretKey,
          HUAWEICLOUD_SDK_SECURITY_TOKEN: huawei.securityToken,
          HUAWEICLOUD_SDK_REGION_KMS_TR_WEST_1: cloud.directUrl,
          HUAWEICLOUD_SDK_IAM_ENDPOINT: cloud.directUrl,
          ...env,
        },
      });
    const keyRef = (id: string) => ({ type: "hckms", fields: { key_id: `tr-west-1:${id}` } }) as const;
    const [one, two] = [`tr-west-1:${uuid}`, "cn-north-4:b"];
    const keys = [{ key_id: one }, { key_id: two }];
    const wrongKey = hostWith({ HUAWEICLOUD_SDK_SK: "wrong-secret-key" });
    return Promise.resolve({
      provider: hckmsProvider,
      host: hostWith({}),
      ref: keyRef(uuid),
      foreign: { without: "whose key it is only the service can tell: it denies" },
      denied: [
        { what: "no such key", code: "KEY_NOT_FOUND", ref: keyRef("missing") },
        { what: "disabled", code: "KEY_UNUSABLE", ref: keyRef(disabled) },
        { what: "wrong access key", code: "NOT_LOGGED_IN", host: wrongKey },
        { what: "other cipher", code: "UNWRAP_FAILED", key: { ...keyRef(uuid), enc: "AAAA" } },
        {
          what: "unknown region",
          code: "BAD_RECIPIENT",
          ref: { type: "hckms", fields: { key_id: "nowhere-1:x" } },
        },
      ],
      configForms: {
        string: { entry: one, keys: keys.slice(0, 1) },
        "comma list": { entry: ` ${one}, ${two},`, keys },
        list: { entry: [one, two], keys },
        object: { entry: { key_id: one }, keys: keys.slice(0, 1) },
      },
      stalled: async () => {
        const server = await stalledServer();
        return {
          ...server,
          host: hostWith({
            HUAWEICLOUD_SDK_REGION_KMS_TR_WEST_1: server.url,
            HUAWEICLOUD_SDK_PROJECT_ID: "p",
          }),
        };
      },
      secrets: [huawei.secretKey, huawei.securityToken, "wrong-secret-key"],
    });
  });
});
