import type { Primitives } from "../../core/primitives.ts";
import { parseX25519Identity, type X25519Identity } from "./x25519.ts";

export interface ParsedIdentities {
  readonly identities: readonly X25519Identity[];
  /** Lines (from 1) that hold no identity that age knows. */
  readonly badLines: readonly number[];
  /** Identities of kinds that this version cannot use yet: plugin and post-quantum. */
  readonly unsupported: number;
  /** The whole text is an age file that a passphrase protects. */
  readonly passphrase: boolean;
}

/**
 * Reads an identity file (spec section 12): one identity per line, or several with white space between them; empty
 * lines and lines that start with # are skipped. White space around an identity is tolerated, as SOPS does not.
 */
export function parseIdentities(text: string, crypto: Primitives): ParsedIdentities {
  if (/^\s*(?:age-encryption|-----BEGIN AGE)/.test(text))
    return { identities: [], badLines: [], unsupported: 0, passphrase: true };
  const identities: X25519Identity[] = [];
  const badLines: number[] = [];
  let unsupported = 0;
  for (const [index, line] of text
    .replace(/^\uFEFF/, "")
    .split("\n")
    .entries()) {
    if (line.startsWith("#")) continue;
    for (const word of line.split(/\s+/).filter((w) => w !== "")) {
      const scalar = parseX25519Identity(word);
      if (scalar !== null) identities.push({ scalar, point: crypto.x25519Public(scalar) });
      else if (/^AGE-(?:PLUGIN|SECRET-KEY-PQ)-/.test(word)) unsupported++;
      else if (badLines.at(-1) !== index + 1) badLines.push(index + 1);
    }
  }
  return { identities, badLines, unsupported, passphrase: false };
}
