import type { KeyType } from "../core/keys/key.ts";

/**
 * The metadata fields of every key type in the order in which SOPS writes them (format.md 5.1), so that a block
 * can be read, listed and kept without the provider. `enc` is the wrapped data key; the others name the master key.
 */
export const metadataFields: Readonly<Record<KeyType, readonly string[]>> = {
  age: ["enc", "recipient"],
  azure_kv: ["created_at", "enc", "name", "vault_url", "version"],
  gcp_kms: ["created_at", "enc", "resource_id"],
  hc_vault: ["created_at", "enc", "engine_path", "key_name", "vault_address"],
  hckms: ["created_at", "enc", "key_id"],
  kms: ["arn", "aws_profile", "context", "created_at", "enc", "role"],
  pgp: ["created_at", "enc", "fp"],
};
