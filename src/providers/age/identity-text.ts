import type { Host } from "../../core/ports/host.ts";
import type { Primitives } from "../../core/ports/primitives.ts";
import { decodeBech32 } from "./bech32.ts";
import type { AgeIdentity, LibraryIdentity } from "./identity.ts";
import { pluginOfIdentity } from "./plugin/name.ts";
import { parseX25519Identity } from "./x25519.ts";

export interface ParsedIdentities {
  /** Those of one plugin are one. */
  readonly identities: readonly AgeIdentity[];
  /** How many the text names. */
  readonly count: number;
  /** Lines (from 1) that hold no identity that age knows. */
  readonly badLines: readonly number[];
}

/**
 * Reads an identity file (format.md 12): one identity per line, or several with white space between them; empty
 * lines and lines that start with # are skipped. White space around an identity is tolerated, as SOPS does not.
 */
export async function parseIdentities(
  text: string,
  host: Host,
  crypto: Primitives,
): Promise<ParsedIdentities> {
  const identities: AgeIdentity[] = [];
  const plugins = new Map<string, string[]>();
  const badLines: number[] = [];
  let count = 0;
  for (const { word, line } of wordsOf(text)) {
    const plugin = pluginOfIdentity(word);
    const identity = plugin === null ? parseIdentity(word, crypto) : null;
    if (plugin !== null) plugins.set(plugin, [...(plugins.get(plugin) ?? []), word]);
    else if (identity !== null) identities.push(identity);
    else if (badLines.at(-1) !== line) badLines.push(line);
    if (plugin !== null || identity !== null) count++;
  }
  for (const [name, texts] of plugins) {
    const { pluginIdentity } = await import("./plugin/identity.ts");
    identities.push(pluginIdentity(texts, name, host, crypto));
  }
  return { identities, count, badLines };
}

interface Word {
  readonly word: string;
  /** From 1. */
  readonly line: number;
}

function wordsOf(text: string): readonly Word[] {
  const lines = text.replace(/^\uFEFF/, "").split("\n");
  return lines.flatMap((line, i) =>
    line.startsWith("#")
      ? []
      : line
          .split(/\s+/)
          .filter((word) => word !== "")
          .map((word) => ({ word, line: i + 1 })),
  );
}

function parseIdentity(text: string, crypto: Primitives): AgeIdentity | null {
  const scalar = parseX25519Identity(text);
  if (scalar !== null) return { kind: "x25519", scalar, point: crypto.x25519Public(scalar) };
  return isHybridIdentity(text) ? hybridIdentity(text) : null;
}

function isHybridIdentity(text: string): boolean {
  const decoded = text.startsWith("AGE-SECRET-KEY-PQ-1") ? decodeBech32(text) : null;
  return decoded?.prefix === "age-secret-key-pq-" && decoded.bytes.length === 32;
}

function hybridIdentity(text: string): LibraryIdentity {
  return {
    kind: "library",
    stanzaType: "mlkem768x25519",
    addTo: (decrypter) => {
      decrypter.addIdentity(text);
    },
  };
}
