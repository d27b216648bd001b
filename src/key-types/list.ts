// A new kind of master key is one line here and its folder. The order does not matter: each record says its own.
export { AGE } from "../providers/age/key-type.ts";
export { AWS_KMS } from "../providers/aws-kms/key-type.ts";
export { AZURE_KV } from "../providers/azure-kv/key-type.ts";
export { GCP_KMS } from "../providers/gcp-kms/key-type.ts";
export { HCKMS } from "../providers/hckms/key-type.ts";
export { PGP } from "../providers/pgp/key-type.ts";
export { VAULT } from "../providers/vault/key-type.ts";
