import type { KeyTypeRecord } from "../../key-types/record.ts";

/** A transit key of HashiCorp Vault or OpenBao. */
export const VAULT: KeyTypeRecord<"hc_vault"> = {
  type: "hc_vault",
  title: "HashiCorp Vault",
  folder: "vault",
  metadata: {
    order: 5,
    fields: ["created_at", "enc", "engine_path", "key_name", "vault_address"],
    writtenEmpty: true,
  },
  config: { order: 7, flat: "hc_vault_transit_uri", group: "hc_vault" },
  flag: {
    long: "hc-vault-transit",
    takes: "Vault transit key URIs",
    env: "SOPS_VAULT_URIS",
    namesServer: true,
  },
  service: { number: 5, fields: ["vault_address", "engine_path", "key_name"] },
  environment: {
    // Whoever has the token can ask the server for all that it may open; headers may hold another one.
    secrets: ["VAULT_TOKEN", "BAO_TOKEN", "VAULT_HEADERS"],
    plugins: /vault|bao|hcv/,
  },
};
