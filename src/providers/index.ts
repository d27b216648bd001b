import type { KeyProvider, Providers } from "../core/keys/key.ts";
import { KEY_TYPES } from "../key-types/index.ts";
import { providersOf } from "./portable.ts";

/** The key types that this version can wrap and unwrap with, on Node: all of them. */
export function nodeProviders(): Required<Providers> {
  return providersOf(KEY_TYPES.map(({ type, folder }) => [type, () => load(folder)]));
}

/** Bundlers know all folders that the pattern fits, and make a file of each (scripts/lib/folders.mjs). */
async function load(folder: string): Promise<KeyProvider> {
  const { provider } = (await import(`./${folder}/index.ts`)) as { readonly provider: KeyProvider };
  return provider;
}
