import type { KeyType } from "../../key-types/index.ts";
import type { Host } from "../ports/host.ts";

export type { KeyType };

/**
 * A master key before or after wrapping: the metadata fields that name it (all but `enc`), by field name.
 * KMS `context` is the only field that is a map.
 */
export interface KeyRef {
  readonly type: KeyType;
  readonly fields: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
}

/** A key with the data key (or the group's share) wrapped by it. `enc` is the metadata text, byte for byte. */
export interface WrappedKey extends KeyRef {
  readonly enc: string;
}

export interface KeyGroup {
  readonly keys: readonly WrappedKey[];
}

/** What using a key may cost the user, the least first: nothing seen, a call over the network, a question or a touch. */
export const EFFORTS = ["silent", "dials", "asks"] as const;
export type Effort = (typeof EFFORTS)[number];

/**
 * One kind of master key. Cheap to import: SDKs are imported inside `wrap` and `unwrap`.
 * `unwrap` answers null for "not mine, nothing tried or no identity fits"; it throws only when the key is ours and fails.
 */
export interface KeyProvider {
  readonly type: KeyType;
  /** Its metadata fields in SOPS' (sorted) order, `enc` included. */
  readonly fields: readonly string[];
  /** The text that tells two keys of this type apart: format.md 11, identity. */
  identity(ref: KeyRef): string;
  /** Keys from one entry of a config or a flag (a string, possibly a comma list, or an object of a key group). */
  fromConfig(entry: unknown): readonly KeyRef[];
  /** What `unwrap` of this key may cost the user here; among keys of equal rank the cheapest is tried first. */
  effort(key: KeyRef, host: Host): Effort;
  /** Completes a key that `fromConfig` could not name wholly without a call (Azure: its version). */
  resolve?(ref: KeyRef, host: Host, signal?: AbortSignal): Promise<KeyRef>;
  wrap(ref: KeyRef, dataKey: Uint8Array, host: Host, signal?: AbortSignal): Promise<string>;
  unwrap(key: WrappedKey, host: Host, signal?: AbortSignal): Promise<Uint8Array | null>;
  /** Why `unwrap` answered null: where keys were looked for and what was there. One line, no secret, no full stop. */
  explain?(key: WrappedKey, host: Host): Promise<string>;
}

/**
 * Someone else who wraps and unwraps for us, with keys of every type: a key service of SOPS (format.md 11).
 * What it throws does not name it: who asked does.
 */
export interface KeyService {
  /** Its address, for messages. */
  readonly name: string;
  wrap(ref: KeyRef, dataKey: Uint8Array, signal?: AbortSignal): Promise<string>;
  /** Null: it has no key for this. Throws where it fails. */
  unwrap(key: WrappedKey, signal?: AbortSignal): Promise<Uint8Array | null>;
}

/** The providers at hand, by type. A Map of them is one. */
export interface Providers {
  /** Undefined: there is none for this type, or it was not loaded. */
  get(type: KeyType): KeyProvider | undefined;
  /** Brings those of `types`, or all: a program that opens a file needs one or two of seven. */
  load?(types?: readonly KeyType[]): Promise<void>;
}
