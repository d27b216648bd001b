import type { KeyProvider, KeyType } from "../core/key.ts";

/** A new provider is one line here and one file beside. */
const LOADERS: readonly (() => Promise<KeyProvider>)[] = [
  () => import("./age.ts").then((module) => module.ageProvider),
  () => import("./vault.ts").then((module) => module.vaultProvider),
  () => import("./pgp.ts").then((module) => module.pgpProvider),
  () => import("./azure-kv.ts").then((module) => module.azureKvProvider),
  () => import("./hckms.ts").then((module) => module.hckmsProvider),
  () => import("./gcp-kms.ts").then((module) => module.gcpKmsProvider),
  () => import("./aws-kms.ts").then((module) => module.awsKmsProvider),
];

/** The key types that this version can wrap and unwrap with. */
export async function loadProviders(): Promise<ReadonlyMap<KeyType, KeyProvider>> {
  const providers = await Promise.all(LOADERS.map((load) => load()));
  return new Map(providers.map((provider) => [provider.type, provider]));
}
