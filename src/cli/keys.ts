import type { KeyProvider, KeyRef, KeyType } from "../core/key.ts";
import { providerOf } from "../node/key-reader.ts";
import type { Args } from "./args.ts";
import { KEY_FLAGS } from "./options.ts";

type Providers = ReadonlyMap<KeyType, KeyProvider>;

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
