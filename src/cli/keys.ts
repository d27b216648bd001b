import type { KeyReader } from "../config/keys.ts";
import type { KeyProvider, KeyRef, KeyType } from "../core/key.ts";
import { keyReader, providerOf } from "../node/key-reader.ts";
import { type EncryptionContext, parseContext } from "../providers/aws-kms/context.ts";
import type { Args } from "./args.ts";
import { KEY_FLAGS } from "./options.ts";

type Providers = ReadonlyMap<KeyType, KeyProvider>;

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

/** The keys of the `--rm-*` flags, each by the text that identifies it. */
export function keysToRemove(
  args: Args,
  providers: Providers,
): { readonly type: KeyType; readonly identity: string }[] {
  const details = kmsDetails(args);
  return KEY_FLAGS.flatMap(([type, { long }]) =>
    args
      .list(`rm-${long}`)
      .flatMap((entry) => entry.split(","))
      .map((entry) => ({ type, identity: identityOf(type, entry.trim(), providers, details) }))
      .filter(({ identity }) => identity !== ""),
  );
}

/** A KMS key is the one of this ARN, role, context and profile: `--rm-kms` takes the flags beside it, as SOPS does. */
function identityOf(
  type: KeyType,
  entry: string,
  providers: Providers,
  details: (ref: KeyRef) => KeyRef,
): string {
  // An identity as `enc` prints it is more than what a key can be named by.
  if (type !== "kms" || entry === "" || entry.includes("|")) return entry;
  const provider = providerOf(type, providers);
  const [ref] = provider.fromConfig(entry);
  return ref === undefined ? entry : provider.identity(details(ref));
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
 * a flat rule, as the config has no place for it there. SOPS' `encrypt` and `edit` lose it (spec section 13).
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
