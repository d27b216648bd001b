import { afterAll, beforeAll, it } from "vitest";
import { fakeAzure } from "../support/cloud/azure.ts";
import { startCloud, type Cloud } from "../support/cloud/proxy.ts";
import { sopsBothWays } from "../support/cloud/sops-both-ways.ts";
import { trustInThisProcess } from "../support/cloud/trust.ts";
import { describeWith, requirePart } from "../support/parts.ts";
import { realSops } from "../support/real-sops.ts";

const azure = fakeAzure();
let cloud: Cloud;
let untrust: () => void;
let key = "";

beforeAll(async () => {
  cloud = await startCloud({ routes: azure.routes });
  untrust = trustInThisProcess(cloud.caCert);
  azure.addKey("team.vault.azure.net", "sops");
  azure.addKey("team.vault.azure.cn", "sops");
  key = "https://team.vault.azure.net/keys/sops";
});
afterAll(async () => {
  untrust();
  await cloud.stop();
});

function setUp(sops: string, of = key, more: Readonly<Record<string, string>> = {}) {
  const login = {
    AZURE_TENANT_ID: azure.tenant,
    AZURE_CLIENT_ID: azure.client,
    AZURE_CLIENT_SECRET: azure.secret,
    ...more,
  };
  const vaultUrl = of.replace(/\/keys.*/, "");
  return {
    sops,
    envForEnc: { ...cloud.envForEnc, ...login },
    envForSops: { ...cloud.envForSops, ...login },
    flag: "--azure-kv",
    key: of,
    groupEntry: `      - azure_keyvault: [{vaultUrl: "${vaultUrl}", key: sops}]\n`,
  };
}

describeWith(["sops"], "azure key vault and real sops", () => {
  sopsBothWays("the newest sops", () => setUp(requirePart("sops")));
  sopsBothWays("the cloud of China", () =>
    setUp(requirePart("sops"), "https://team.vault.azure.cn/keys/sops/", {
      AZURE_AUTHORITY_HOST: "https://login.chinacloudapi.cn/",
    }),
  );
});

if (realSops === null) it.skip("sops of npm is not installed", () => undefined);
else sopsBothWays("sops 3.12.2", () => setUp(realSops ?? ""));
