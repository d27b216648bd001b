import { type Loader, loadAll, PORTABLE, type Providers } from "./portable.ts";

/** A new provider is one line here and one file beside; one that runs in a browser too has its line in portable.ts. */
const LOADERS: readonly Loader[] = [...PORTABLE];

/** The key types that this version can wrap and unwrap with, on Node. */
export function loadProviders(): Promise<Providers> {
  return loadAll(LOADERS);
}
