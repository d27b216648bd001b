import { SopsError } from "../core/errors.ts";
import type { KeyProvider, KeyRef, KeyType } from "../core/key.ts";
import { providerOf } from "../node/key-reader.ts";
import type { KeyRemoval } from "../ops/rotate.ts";
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

/**
 * What the `--rm-*` flags name: each part of a comma list as it reads, which is how a file's keys are told apart (an
 * identity text may hold commas itself: a KMS context), or by the key that it stands for, as in `--add-*`.
 */
export function keysToRemove(args: Args, providers: Providers): readonly KeyRemoval[] {
  return KEY_FLAGS.flatMap(([type, { long }]) =>
    args.list(`rm-${long}`).flatMap((entry) =>
      entry
        .split(",")
        .map((part) => part.trim())
        .filter((part) => part !== "")
        .map((part) => ({ type, names: [part, entry.trim(), ...identitiesOf(type, part, providers)] })),
    ),
  );
}

/** What is no key any more (a recipient of a kind that was given up) can still be named as it reads. */
function identitiesOf(type: KeyType, part: string, providers: Providers): readonly string[] {
  const provider = providerOf(type, providers);
  try {
    return provider.fromConfig(part).map((ref) => provider.identity(ref));
  } catch (error) {
    if (error instanceof SopsError) return [];
    throw error;
  }
}
