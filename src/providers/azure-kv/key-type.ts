import type { KeyTypeRecord } from "../../key-types/record.ts";

export const AZURE_KV: KeyTypeRecord<"azure_kv"> = {
  type: "azure_kv",
  title: "Azure Key Vault",
  folder: "azure-kv",
  metadata: {
    order: 4,
    fields: ["created_at", "enc", "name", "vault_url", "version"],
  },
  config: {
    order: 6,
    flat: "azure_keyvault",
    group: "azure_keyvault",
    parts: ["vaultUrl", "key", "version"],
  },
  flag: { long: "azure-kv", takes: "Azure Key Vault URLs", env: "SOPS_AZURE_KEYVAULT_URLS" },
  service: { number: 4, fields: ["vault_url", "name", "version"] },
  environment: {
    secrets: [
      "AZURE_CLIENT_SECRET",
      "AZURE_CLIENT_CERTIFICATE_PASSWORD",
      "AZURE_PASSWORD",
      // Of App Service and Functions: whoever has it gets tokens of the managed identity.
      "IDENTITY_HEADER",
      "MSI_SECRET",
    ],
    plugins: /azure|akv/,
  },
};
