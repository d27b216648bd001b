import type { KeyTypeRecord } from "../../key-types/record.ts";

export const AGE: KeyTypeRecord<"age"> = {
  type: "age",
  title: "age",
  folder: "age",
  metadata: { order: 7, fields: ["enc", "recipient"], writtenEmpty: true },
  config: { order: 1, flat: "age", group: "age" },
  flag: { long: "age", short: "a", takes: "age recipients", env: "SOPS_AGE_RECIPIENTS" },
  service: { number: 6, fields: ["recipient"] },
  preference: 1,
  // The key itself, and commands that may have it written in them; to run them is ours.
  environment: { secrets: ["SOPS_AGE_KEY", "SOPS_AGE_KEY_CMD", "SOPS_AGE_SSH_PRIVATE_KEY_CMD"] },
};
