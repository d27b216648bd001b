import type { KeyTypeRecord } from "../../key-types/record.ts";

export const GCP_KMS: KeyTypeRecord<"gcp_kms"> = {
  type: "gcp_kms",
  title: "GCP KMS",
  folder: "gcp-kms",
  metadata: { order: 2, fields: ["created_at", "enc", "resource_id"] },
  config: { order: 4, flat: "gcp_kms", group: "gcp_kms", parts: ["resource_id"] },
  flag: { long: "gcp-kms", takes: "GCP KMS resource ids", env: "SOPS_GCP_KMS_IDS", removesAnyText: true },
  service: { number: 3, fields: ["resource_id"] },
  environment: {
    // The first may be the whole key file and not its name.
    secrets: ["GOOGLE_CREDENTIALS", "GOOGLE_OAUTH_ACCESS_TOKEN", "CLOUDSDK_AUTH_ACCESS_TOKEN"],
    plugins: /gcp|google|kms/,
  },
};
