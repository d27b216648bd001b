import type { KeyReader } from "../config/keys.ts";
import { SopsError } from "../core/base/errors.ts";
import type { KeyProvider, KeyType, Providers } from "../core/keys/key.ts";
import { keyTypeOf } from "../key-types/index.ts";

/** The provider of a key type. Throws UNKNOWN_KEY_TYPE for one that this version lacks. */
export function providerOf(type: KeyType, providers: Providers): KeyProvider {
  const provider = providers.get(type);
  if (provider !== undefined) return provider;
  throw new SopsError("UNKNOWN_KEY_TYPE", `${keyTypeOf(type).title} keys are not available in this version`, {
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
