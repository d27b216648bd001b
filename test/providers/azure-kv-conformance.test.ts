import { afterAll, beforeAll, describe } from "vitest";
import { nodeHost } from "../../src/node/host.ts";
import { provider as azureKvProvider } from "../../src/providers/azure-kv/index.ts";
import { fakeAzure } from "../support/cloud/azure.ts";
import { startCloud, type Cloud } from "../support/cloud/proxy.ts";
import { trustInThisProcess } from "../support/cloud/trust.ts";
import { stalledServer } from "../support/servers/stalled.ts";
import { conformance } from "./conformance.ts";

const VAULT = "https://team.vault.azure.net";

describe("azure key vault", () => {
  const azure = fakeAzure();
  let cloud: Cloud;
  let untrust: () => void;
  beforeAll(async () => {
    cloud = await startCloud({ routes: azure.routes });
    untrust = trustInThisProcess(cloud.caCert);
  });
  afterAll(async () => {
    untrust();
    await cloud.stop();
  });

  conformance("azure key vault", () => {
    const version = azure.addKey("team.vault.azure.net", "sops").versions[0]?.version ?? "";
    const disabled = azure.addKey("team.vault.azure.net", "disabled");
    disabled.enabled = false;
    const login = {
      AZURE_TENANT_ID: azure.tenant,
      AZURE_CLIENT_ID: azure.client,
      AZURE_CLIENT_SECRET: azure.secret,
    };
    const hostWith = (env: Readonly<Record<string, string>>) =>
      nodeHost({ env: { HTTPS_PROXY: cloud.proxyUrl, ...login, ...env } });
    const keyRef = (name: string, of = version) =>
      ({ type: "azure_kv", fields: { vault_url: VAULT, name, version: of } }) as const;
    const [one, two] = [`${VAULT}/keys/sops/${version}`, `${VAULT}/keys/other`];
    const fields = [
      { vault_url: VAULT, name: "sops", version },
      { vault_url: VAULT, name: "other" },
    ];
    return Promise.resolve({
      provider: azureKvProvider,
      host: hostWith({}),
      ref: keyRef("sops"),
      foreign: { without: "whose key it is only the vault can tell: it denies" },
      denied: [
        { what: "no such key", code: "KEY_NOT_FOUND", ref: keyRef("missing") },
        { what: "no such version", code: "KEY_NOT_FOUND", ref: keyRef("sops", "0".repeat(32)) },
        { what: "disabled", code: "KEY_UNUSABLE", ref: keyRef("disabled", "") },
        { what: "no login", code: "NOT_LOGGED_IN", host: nodeHost({ env: { HTTPS_PROXY: cloud.proxyUrl } }) },
        {
          what: "wrong secret",
          code: "NOT_LOGGED_IN",
          host: hostWith({ AZURE_CLIENT_SECRET: "wrong-secret" }),
        },
        { what: "other cipher", code: "UNWRAP_FAILED", key: { ...keyRef("sops"), enc: "AAAA" } },
      ],
      configForms: {
        string: { entry: one, keys: fields.slice(0, 1) },
        "comma list": { entry: ` ${one}, ${two}/ `, keys: fields },
        list: { entry: [one, two], keys: fields },
        object: { entry: { vaultUrl: `${VAULT}/`, key: "sops", version }, keys: fields.slice(0, 1) },
      },
      stalled: async () => {
        const server = await stalledServer();
        return { ...server, host: hostWith({ HTTPS_PROXY: server.url }) };
      },
      secrets: [azure.secret, "wrong-secret"],
    });
  });
});
