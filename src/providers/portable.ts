import type { KeyProvider, KeyType } from "../core/key.ts";

export type Providers = ReadonlyMap<KeyType, KeyProvider>;
export type Loader = () => Promise<KeyProvider>;

/** The providers that run anywhere, browsers too: no SDK, no program, no `node:` module. */
export const PORTABLE: readonly Loader[] = [() => import("./age.ts").then((module) => module.ageProvider)];

/** The key types that can be used without Node. */
export function loadPortableProviders(): Promise<Providers> {
  return loadAll(PORTABLE);
}

export async function loadAll(loaders: readonly Loader[]): Promise<Providers> {
  const providers = await Promise.all(loaders.map((load) => load()));
  return new Map(providers.map((provider) => [provider.type, provider]));
}
