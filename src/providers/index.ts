import type { Providers } from "../core/keys/key.ts";
import { type Loaders, PORTABLE, providersOf } from "./portable.ts";

/** A new provider is one line here and one file beside; one that runs in a browser too has its line in portable.ts. */
const LOADERS: Loaders = [
  ...PORTABLE,
  ["hc_vault", () => import("./vault/index.ts").then((module) => module.vaultProvider)],
  ["pgp", () => import("./pgp/index.ts").then((module) => module.pgpProvider)],
  ["azure_kv", () => import("./azure-kv/index.ts").then((module) => module.azureKvProvider)],
  ["hckms", () => import("./hckms/index.ts").then((module) => module.hckmsProvider)],
  ["gcp_kms", () => import("./gcp-kms/index.ts").then((module) => module.gcpKmsProvider)],
  ["kms", () => import("./aws-kms/index.ts").then((module) => module.awsKmsProvider)],
];

/** The key types that this version can wrap and unwrap with, on Node. */
export function nodeProviders(): Required<Providers> {
  return providersOf(LOADERS);
}
