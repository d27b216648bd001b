import { afterAll, beforeAll } from "vitest";
import { fakeHuawei } from "../support/cloud/huawei.ts";
import { startCloud, type Cloud } from "../support/cloud/proxy.ts";
import { sopsBothWays } from "../support/cloud/sops-both-ways.ts";
import { trustInThisProcess } from "../support/cloud/trust.ts";
import { describeWith, requirePart } from "../support/parts.ts";

const huawei = fakeHuawei();
const uuid = huawei.addKey();
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

// Sops 3.12.2, the one of npm, does not know this type of key.
describeWith(["sops"], "huawei cloud kms and real sops", () => {
  sopsBothWays("the newest sops", () => {
    const env = {
      HUAWEICLOUD_SDK_AK: huawei.accessKey,
      HUAWEICLOUD_SDK_SK: huawei.secretKey,
      HUAWEICLOUD_SDK_REGION_KMS_TR_WEST_1: cloud.directUrl,
      HUAWEICLOUD_SDK_IAM_ENDPOINT: cloud.directUrl,
    };
    return {
      sops: requirePart("sops"),
      envForEnc: env,
      envForSops: { ...env, SSL_CERT_FILE: cloud.caFile },
      flag: "--hckms",
      key: `tr-west-1:${uuid}`,
      groupEntry: `      - hckms: [{key_id: "tr-west-1:${uuid}"}]\n`,
    };
  });
});
