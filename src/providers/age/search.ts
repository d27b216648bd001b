import { equalBytes } from "../../core/base/bytes.ts";
import { SopsError } from "../../core/base/errors.ts";
import type { Host } from "../../core/ports/host.ts";
import type { Primitives } from "../../core/ports/primitives.ts";
import { type Header, parseHeader } from "./header.ts";
import { findIdentities, type Wanted } from "./identities.ts";
import { type AgeIdentity, asks, mayOpen } from "./identity.ts";
import { openWith } from "./open.ts";
import { parseX25519Recipient } from "./x25519.ts";

/** A data key that is looked for: the age file that holds it, and the world. */
export interface Search {
  readonly file: Uint8Array;
  /** As the metadata names it; the file may be for another. */
  readonly recipient: string;
  readonly host: Host;
  readonly crypto: Primitives;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Tries the identities of the user: first each that asks nothing, place by place, then those that do, and of them
 * only the ones that the file names or cannot rule out. One that fails never stops the others. Null: none fits.
 * Throws BAD_METADATA for a damaged file, CANCELLED where the user declines, and the first failure where none opens it.
 */
export async function searchDataKey(search: Search): Promise<Uint8Array | null> {
  const { host, signal } = search;
  const header = parseHeader(search.file);
  const attempts = new Attempts(search);
  const later: AgeIdentity[] = [];
  for await (const { identities } of findIdentities(host, wantedOf(search.recipient, header), signal)) {
    const fitting = identities.filter((identity) => mayOpen(identity, header.stanzas));
    later.push(...fitting.filter(asks));
    const silent = fitting.filter((identity) => !asks(identity));
    const dataKey = await attempts.first(likeliestFirst(silent, search.recipient));
    if (dataKey !== null) return dataKey;
  }
  const dataKey = await attempts.first(later);
  if (dataKey === null && attempts.failures.length > 0) throw attempts.failures[0];
  return dataKey;
}

function wantedOf(recipient: string, { stanzas }: Header): Wanted {
  return { recipient, ssh: stanzas.some(({ args }) => args[0]?.startsWith("ssh-") === true) };
}

class Attempts {
  readonly failures: unknown[] = [];
  readonly #search: Search;

  constructor(search: Search) {
    this.#search = search;
  }

  async first(identities: readonly AgeIdentity[]): Promise<Uint8Array | null> {
    for (const identity of identities) {
      const dataKey = await this.#try(identity);
      if (dataKey !== null) return dataKey;
    }
    return null;
  }

  async #try(identity: AgeIdentity): Promise<Uint8Array | null> {
    const { file, crypto, signal } = this.#search;
    try {
      return await openWith(file, identity, crypto, signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof SopsError) || FINAL.has(error.code)) throw error;
      this.failures.push(error);
      return null;
    }
  }
}

/** No other identity mends a damaged file, and who cancels one question wants no next one. */
const FINAL: ReadonlySet<string> = new Set(["BAD_METADATA", "CANCELLED"]);

/** The identity of the recipient that the metadata names goes first; that name may be wrong, so the others follow. */
function likeliestFirst(identities: readonly AgeIdentity[], recipient: string): readonly AgeIdentity[] {
  const point = parseX25519Recipient(recipient);
  const named = identities.find((i) => i.kind === "x25519" && point !== null && equalBytes(i.point, point));
  return named === undefined ? identities : [named, ...identities.filter((identity) => identity !== named)];
}
