import type { KeyTypeRecord } from "../../key-types/record.ts";

export const HCKMS: KeyTypeRecord<"hckms"> = {
  type: "hckms",
  title: "Huawei Cloud KMS",
  folder: "hckms",
  metadata: { order: 3, fields: ["created_at", "enc", "key_id"] },
  config: { order: 5, flat: "hckms", flatList: true, group: "hckms", parts: ["key_id"] },
  flag: { long: "hckms", takes: "Huawei Cloud KMS ids", env: "SOPS_HUAWEICLOUD_KMS_IDS" },
  service: { number: 7, fields: ["key_id"] },
  environment: {
    secrets: ["HUAWEICLOUD_SDK_SK", "HUAWEICLOUD_SDK_SECURITY_TOKEN"],
    plugins: /huawei|hckms/,
  },
};
