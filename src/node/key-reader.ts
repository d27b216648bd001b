import type { KeyReader } from "../config/keys.ts";
import { SopsError } from "../core/base/errors.ts";
import type { KeyProvider, KeyType, Providers } from "../core/keys/key.ts";

/** What each key type is called, for people. */
const PROVIDER_NAMES: Readonly<Record<KeyType, string>> = {
  age: "age",
  pgp: "PGP",
  kms: "AWS KMS",
  gcp_kms: "GCP KMS",
  hckms: "Huawei Cloud KMS",
  azure_kv: "Azure Key Vault",
  hc_vault: "HashiCorp Vault",
};

/** The provider of a key type. Throws UNKNOWN_KEY_TYPE for one that this version lacks. */
export function providerOf(type: KeyType, providers: Providers): KeyProvider {
  const provider = providers.get(type);
  if (provider !== undefined) return provider;
  throw new SopsError("UNKNOWN_KEY_TYPE", `${PROVIDER_NAMES[type]} keys are not available in this version`, {
    hint: "use age keys, or sops for this file",
  });
}

/** What a config needs to know about keys. */
export function keyReader(providers: Providers): KeyReader {
  return {
    keysFrom: (type, entry) => providerOf(type, providers).fromConfig(entry),
    identity: (ref) => providerOf(ref.type, providers).identity(ref),
  };
}
