import type { KeyReader } from "../config/keys.ts";
import { SopsError } from "../core/base/errors.ts";
import type { KeyRef, Providers } from "../core/keys/key.ts";
import { KEY_TYPES, KEY_TYPES_AS_NAMED, type KnownKeyType } from "../key-types/index.ts";
import { keyReader, providerOf } from "../node/key-reader.ts";
import type { KeyRemoval } from "../ops/rotate.ts";
import { parseContext } from "../providers/aws-kms/context.ts";
import type { Args } from "./args.ts";

/**
 * The keys that the master key flags or their variables name; empty: none is given. `prefix`: "add-" of rotate.
 * Throws BAD_ENCRYPTION_CONTEXT.
 */
export function keysFromFlags(args: Args, providers: Providers, prefix: "" | "add-" = ""): readonly KeyRef[] {
  const detailed = detailedBy(args);
  return KEY_TYPES_AS_NAMED.flatMap(({ type, flag }) => {
    const entries = args.list(prefix + flag.long).filter((entry) => entry.trim() !== "");
    return entries.flatMap((entry) => providerOf(type, providers).fromConfig(entry)).map(detailed);
  });
}

/**
 * What the `--rm-*` flags name: the key that each part of a comma list stands for, as in `--add-*` (a KMS key with the
 * flags beside it, as SOPS does), or the text as it reads, with its commas: an identity text may hold some.
 */
export function keysToRemove(args: Args, providers: Providers): readonly KeyRemoval[] {
  const detailed = detailedBy(args);
  return KEY_TYPES_AS_NAMED.flatMap((record) =>
    args.list(`rm-${record.flag.long}`).flatMap((entry) =>
      entry
        .split(",")
        .map((part) => part.trim())
        .filter((part) => part !== "")
        .map((part) => {
          const { identities, unreadable } = identitiesOf(record, part, providers, detailed);
          const names = [
            ...(identities.length > 0 ? identities : [part]),
            ...(part === entry.trim() ? [] : [entry.trim()]),
          ];
          return { type: record.type, names, unreadable };
        }),
    ),
  );
}

/** None for what is no key any more (a recipient of a kind that was given up), or another spelling of an identity. */
function identitiesOf(
  { type, flag }: KnownKeyType,
  part: string,
  providers: Providers,
  detailed: (ref: KeyRef) => KeyRef,
): { readonly identities: readonly string[]; readonly unreadable?: SopsError } {
  const provider = providerOf(type, providers);
  try {
    return { identities: provider.fromConfig(part).map((ref) => provider.identity(detailed(ref))) };
  } catch (error) {
    if (!(error instanceof SopsError)) throw error;
    return flag.removesAnyText === true ? { identities: [] } : { identities: [], unreadable: error };
  }
}

/** Adds what flags such as `--aws-profile` say of every key of their type. */
function detailedBy(args: Args): (ref: KeyRef) => KeyRef {
  const details = new Map(KEY_TYPES.map((record) => [record.type, detailsOf(record, args)]));
  return (ref) => ({ ...ref, fields: { ...ref.fields, ...details.get(ref.type) } });
}

function detailsOf({ details = [], metadata }: KnownKeyType, args: Args): KeyRef["fields"] {
  const fields = details.map(({ long, field }) => {
    const text = args.text(long) ?? "";
    return [field, metadata.maps?.includes(field) === true ? parseContext(text) : text] as const;
  });
  return Object.fromEntries(
    fields.filter((pair): pair is [string, KeyRef["fields"][string]] => (pair[1] ?? "") !== ""),
  );
}

/**
 * What a config needs to know about keys, where `--encryption-context` is given beside it: it holds for the KMS keys of
 * a flat rule, as the config has no place for it there. SOPS' `encrypt` and `edit` lose it (format.md 13).
 */
export function configKeyReader(args: Args, providers: Providers): KeyReader {
  const reader = keyReader(providers);
  const details = new Map(KEY_TYPES.map((record) => [record.type, detailsOf(withoutShared(record), args)]));
  return {
    identity: (ref) => reader.identity(ref),
    keysFrom(type, entry) {
      const refs = reader.keysFrom(type, entry);
      if (typeof entry !== "string") return refs;
      return refs.map((ref) => ({ ...ref, fields: { ...ref.fields, ...details.get(type) } }));
    },
  };
}

/** Those details that a flat rule cannot say itself. */
function withoutShared(record: KnownKeyType): KnownKeyType {
  const { details = [], config } = record;
  return { ...record, details: details.filter(({ field }) => config.shared?.includes(field) !== true) };
}
