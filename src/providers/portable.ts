import { guarded } from "./guard.ts";
import type { KeyProvider, KeyType, Providers } from "../core/keys/key.ts";

export type Loaders = readonly (readonly [type: KeyType, load: () => Promise<KeyProvider>])[];

/** The providers that run anywhere, browsers too: no SDK, no program, no `node:` module. */
const PORTABLE: Loaders = [["age", () => import("./age/index.ts").then(({ provider }) => provider)]];

/** The key types that can be used without Node. */
export function portableProviders(): Required<Providers> {
  return providersOf(PORTABLE);
}

/** Providers that are loaded when a file or a command needs them. */
export function providersOf(loaders: Loaders): Required<Providers> {
  const loaded = new Map<KeyType, KeyProvider>();
  return {
    get: (type) => loaded.get(type),
    async load(types) {
      const due = loaders.filter(
        ([type]) => !loaded.has(type) && (types === undefined || types.includes(type)),
      );
      const providers = await Promise.all(due.map(([, load]) => load()));
      for (const provider of providers) loaded.set(provider.type, guarded(provider));
    },
  };
}
