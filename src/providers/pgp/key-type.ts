import type { KeyTypeRecord } from "../../key-types/record.ts";

export const PGP: KeyTypeRecord<"pgp"> = {
  type: "pgp",
  title: "PGP",
  folder: "pgp",
  metadata: { order: 6, fields: ["created_at", "enc", "fp"] },
  config: { order: 2, flat: "pgp", group: "pgp" },
  flag: { long: "pgp", short: "p", takes: "PGP fingerprints", env: "SOPS_PGP_FP", removesAnyText: true },
  service: { number: 2, fields: ["fp"] },
  preference: 2,
};
