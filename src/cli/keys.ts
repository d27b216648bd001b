import { SopsError } from "../core/errors.ts";
import type { KeyProvider, KeyRef, KeyType } from "../core/key.ts";
import type { Args } from "./args.ts";
import { KEY_FLAGS } from "./options.ts";

type Providers = ReadonlyMap<KeyType, KeyProvider>;

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

/** The keys that the master key flags or their variables name; empty: none is given. `prefix`: "add-" of rotate. */
export function keysFromFlags(args: Args, providers: Providers, prefix: "" | "add-" = ""): readonly KeyRef[] {
  return KEY_FLAGS.flatMap(([type, { long }]) => {
    const entries = args.list(prefix + long).filter((entry) => entry.trim() !== "");
    return entries.length === 0
      ? []
      : entries.flatMap((entry) => providerOf(type, providers).fromConfig(entry));
  });
}

/** The keys of the `--rm-*` flags, each by the text that identifies it. */
export function keysToRemove(args: Args): { readonly type: KeyType; readonly identity: string }[] {
  return KEY_FLAGS.flatMap(([type, { long }]) =>
    args
      .list(`rm-${long}`)
      .flatMap((entry) => entry.split(","))
      .map((identity) => ({ type, identity: identity.trim() }))
      .filter(({ identity }) => identity !== ""),
  );
}
