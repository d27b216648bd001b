import type { KeyReader } from "../config/keys.ts";
import { SopsError } from "../core/base/errors.ts";
import type { KeyRef, Providers, KeyType } from "../core/keys/key.ts";
import { keyReader, providerOf } from "../node/key-reader.ts";
import type { KeyRemoval } from "../ops/rotate.ts";
import { type EncryptionContext, parseContext } from "../providers/aws-kms/context.ts";
import type { Args } from "./args.ts";
import { KEY_FLAGS } from "./options.ts";

/**
 * The keys that the master key flags or their variables name; empty: none is given. `prefix`: "add-" of rotate.
 * Throws BAD_ENCRYPTION_CONTEXT.
 */
export function keysFromFlags(args: Args, providers: Providers, prefix: "" | "add-" = ""): readonly KeyRef[] {
  const details = kmsDetails(args);
  return KEY_FLAGS.flatMap(([type, { long }]) => {
    const entries = args.list(prefix + long).filter((entry) => entry.trim() !== "");
    return entries.flatMap((entry) => providerOf(type, providers).fromConfig(entry)).map(details);
  });
}

/**
 * What the `--rm-*` flags name: the key that each part of a comma list stands for, as in `--add-*` (a KMS key with the
 * flags beside it, as SOPS does), or the text as it reads, with its commas: an identity text may hold some.
 */
export function keysToRemove(args: Args, providers: Providers): readonly KeyRemoval[] {
  const details = kmsDetails(args);
  return KEY_FLAGS.flatMap(([type, { long }]) =>
    args.list(`rm-${long}`).flatMap((entry) =>
      entry
        .split(",")
        .map((part) => part.trim())
        .filter((part) => part !== "")
        .map((part) => {
          const { identities, unreadable } = identitiesOf(type, part, providers, details);
          const names = [
            ...(identities.length > 0 ? identities : [part]),
            ...(part === entry.trim() ? [] : [entry.trim()]),
          ];
          return { type, names, unreadable };
        }),
    ),
  );
}

/** Types of which SOPS takes any text in `--rm-*`, and looks for it in the file; that of the others must be a key. */
const ANY_TEXT: ReadonlySet<KeyType> = new Set<KeyType>(["kms", "pgp", "gcp_kms"]);

/** None for what is no key any more (a recipient of a kind that was given up), or another spelling of an identity. */
function identitiesOf(
  type: KeyType,
  part: string,
  providers: Providers,
  details: (ref: KeyRef) => KeyRef,
): { readonly identities: readonly string[]; readonly unreadable?: SopsError } {
  const provider = providerOf(type, providers);
  try {
    return { identities: provider.fromConfig(part).map((ref) => provider.identity(details(ref))) };
  } catch (error) {
    if (!(error instanceof SopsError)) throw error;
    return ANY_TEXT.has(type) ? { identities: [] } : { identities: [], unreadable: error };
  }
}

/** What the flags say of KMS keys that they name. */
function kmsDetails(args: Args): (ref: KeyRef) => KeyRef {
  const context = contextOf(args);
  const profile = args.text("aws-profile") ?? "";
  const named = profile === "" ? {} : { aws_profile: profile };
  return (ref) => (ref.type === "kms" ? { ...ref, fields: { ...ref.fields, ...context, ...named } } : ref);
}

function contextOf(args: Args): { readonly context?: EncryptionContext } {
  const context = parseContext(args.text("encryption-context") ?? "");
  return context === undefined ? {} : { context };
}

/**
 * What a config needs to know about keys, where `--encryption-context` is given beside it: it holds for the KMS keys of
 * a flat rule, as the config has no place for it there. SOPS' `encrypt` and `edit` lose it (format.md 13).
 */
export function configKeyReader(args: Args, providers: Providers): KeyReader {
  const reader = keyReader(providers);
  const context = contextOf(args);
  return {
    identity: (ref) => reader.identity(ref),
    keysFrom(type, entry) {
      const refs = reader.keysFrom(type, entry);
      if (type !== "kms" || typeof entry !== "string") return refs;
      return refs.map((ref) => ({ ...ref, fields: { ...ref.fields, ...context } }));
    },
  };
}
