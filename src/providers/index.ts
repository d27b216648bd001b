import { type Loader, loadAll, PORTABLE, type Providers } from "./portable.ts";

/** A new provider is one line here and one file beside; one that runs in a browser too has its line in portable.ts. */
const LOADERS: readonly Loader[] = [
  ...PORTABLE,
  () => import("./vault.ts").then((module) => module.vaultProvider),
  () => import("./pgp.ts").then((module) => module.pgpProvider),
  () => import("./azure-kv.ts").then((module) => module.azureKvProvider),
  () => import("./hckms.ts").then((module) => module.hckmsProvider),
  () => import("./gcp-kms.ts").then((module) => module.gcpKmsProvider),
  () => import("./aws-kms.ts").then((module) => module.awsKmsProvider),
];

/** The key types that this version can wrap and unwrap with, on Node. */
export function loadProviders(): Promise<Providers> {
  return loadAll(LOADERS);
}
