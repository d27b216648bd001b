import { type Place, SopsError } from "../base/errors.ts";
import type { SealedSource, SealedText, Site } from "../model/format.ts";
import { looseBytes } from "../base/loose-text.ts";
import { FileMac } from "./mac.ts";
import type { SealedMemory } from "./ciphertext-reuse.ts";
import { formatTreePath } from "../model/path.ts";
import type { Aead, Runtime } from "../ports/runtime.ts";
import type { Selection } from "../model/selection.ts";
import type { Comment, Leaf, Scalar, Tree } from "../model/tree.ts";
import { sealText } from "../model/enc-text.ts";
import { openText, plaintextOf } from "../model/value.ts";
import { walk, type Visit } from "../model/walk.ts";

/** Bytes of a fresh IV. SOPS writes 32 and reads any (format.md 2.1). */
const IV_BYTES = 32;

export interface Keyed {
  readonly runtime: Runtime;
  readonly aead: Aead;
  readonly selection: Selection;
  readonly macOnlyEncrypted: boolean;
}

export interface SealedTree {
  readonly sites: ReadonlyMap<Site, SealedText>;
  /** The MAC text, not yet encrypted. */
  readonly mac: string;
  /** Leaves that were selected or empty, and leaves that stay in clear text. */
  readonly counts: { readonly selected: number; readonly clear: number };
}

/** Seals every selected leaf and comment of a plain tree, in walk order, and hashes the leaves (format.md 2 to 4). */
export function sealTree(tree: Tree, keyed: Keyed, memory?: SealedMemory): SealedTree {
  const sites = new Map<Site, SealedText>();
  const mac = new FileMac(keyed.runtime, keyed.macOnlyEncrypted);
  const counts = { selected: 0, clear: 0 };
  walk(tree, keyed.selection, {
    leaf(leaf, visit) {
      if (visit.selected) counts.selected++;
      else counts.clear++;
      if (!mac.counts(visit.selected)) return;
      const plaintext = plaintextOf(leaf.value);
      mac.add(plaintext);
      // An empty string is its own ciphertext (format.md 2.3).
      if (!visit.selected || plaintext.length === 0) return;
      const type = leaf.value.kind === "bytes" ? "str" : leaf.value.kind;
      sites.set(leaf, sealSite(keyed, memory, visit.aad, leaf.value, plaintext, type));
    },
    comment(comment, visit) {
      if (!visit.selected || comment.text === "") return;
      const sealed = sealSite(keyed, memory, visit.aad, comment.text, looseBytes(comment.text), "comment");
      refuseMatchingComment(keyed.selection, sealed.text, visit);
      sites.set(comment, sealed);
    },
  });
  return { sites, mac: mac.text(), counts };
}

function sealSite(
  keyed: Keyed,
  memory: SealedMemory | undefined,
  aad: string,
  value: Scalar | string,
  plaintext: Uint8Array,
  type: string,
): SealedText {
  const known = memory?.take(aad, value);
  if (known !== undefined) return known;
  return {
    text: sealText(keyed.aead, keyed.runtime.randomBytes(IV_BYTES), plaintext, looseBytes(aad), type),
  };
}

/** A sealed comment that by chance reads like the marker would change the selection on the way back (format.md 4, rule 5). */
function refuseMatchingComment(selection: Selection, text: string, visit: Visit): void {
  if (!selection.sealedCommentMatches(text)) return;
  throw new SopsError("ENCRYPT_VALUE", "unencrypted_comment_regex matches the ciphertext of a comment", {
    hint: "make the pattern match only the marker comments, for example with ^ and $",
    place: { path: formatTreePath(visit.where()) },
  });
}

export interface OpenedTree {
  readonly sites: ReadonlyMap<Site, Scalar | string>;
  readonly mac: string;
  /** Where comments stand that should be sealed and do not open: SOPS keeps them as they are, with a warning (format.md 4). */
  readonly unopened: readonly string[];
}

/**
 * Opens every selected leaf and comment of a sealed tree and hashes the plaintexts. `remember` fills a memory.
 * Throws DECRYPT_VALUE or VALUE_NOT_ENCRYPTED with the key path of the first value that does not open.
 */
export function openTree(source: SealedSource, keyed: Keyed, memory?: SealedMemory): OpenedTree {
  const sites = new Map<Site, Scalar | string>();
  const unopened: string[] = [];
  const mac = new FileMac(keyed.runtime, keyed.macOnlyEncrypted);
  const note = (site: Site, aad: string, value: Scalar | string, text: string): void => {
    sites.set(site, value);
    // In a block scalar the text ends with a line break, which is the block's own.
    memory?.remember(aad, value, { text: text.trimEnd(), style: source.styleOf(site) });
  };
  walk(source.tree, keyed.selection, {
    leaf(leaf, visit) {
      if (!visit.selected) {
        if (mac.counts(false)) mac.add(plaintextOf(leaf.value));
        return;
      }
      const text = cipherTextOf(source, leaf, visit);
      if (text === "") return;
      const opened = withPlace(source, leaf, visit, () => openText(keyed.aead, text, looseBytes(visit.aad)));
      // "A comment" is decided on the decrypted value: SOPS 3.13.2 decides before, and rejects its own files (traps.md 1).
      if (opened.kind === "comment") {
        visit.isComment();
        note(leaf, visit.aad, opened.text, text);
      } else {
        mac.add(plaintextOf(opened.value));
        note(leaf, visit.aad, opened.value, text);
      }
    },
    comment(comment, visit) {
      if (!visit.selected || comment.text === "") return;
      const opened = openComment(source, comment, visit, keyed.aead);
      if (opened === null) unopened.push(whereOf(source, comment, visit));
      else note(comment, visit.aad, opened, comment.text);
    },
  });
  return { sites, mac: mac.text(), unopened };
}

function whereOf(source: SealedSource, comment: Comment, visit: Visit): string {
  const { path, line } = placeOf(source, comment, visit);
  const inside = path === undefined || path === "" ? "at the top level" : `in ${path}`;
  return line === undefined ? inside : `on line ${String(line)} (${inside})`;
}

function cipherTextOf(source: SealedSource, leaf: Leaf, visit: Visit): string {
  if (leaf.value.kind === "str") return leaf.value.value;
  throw new SopsError(
    "VALUE_NOT_ENCRYPTED",
    `this value should be encrypted, but is a plain ${leaf.value.kind}`,
    {
      hint: "it was added by hand to the encrypted file: take it out, then add it with enc edit or enc set",
      place: placeOf(source, leaf, visit),
    },
  );
}

/** Line and key path; offsets are turned into lines only when something is wrong. */
function placeOf(source: SealedSource, site: Site, visit: Visit): Place {
  return { path: formatTreePath(visit.where()), line: lineOf(source, site) };
}

function lineOf(source: SealedSource, site: Site): number | undefined {
  if (source.text === undefined || site.span === undefined) return undefined;
  let line = 1;
  for (
    let at = source.text.indexOf("\n");
    at >= 0 && at < site.span.start;
    at = source.text.indexOf("\n", at + 1)
  )
    line++;
  return line;
}

/** Null: it does not open. Throws DECRYPT_VALUE for a value that was put where a comment stands. */
function openComment(source: SealedSource, comment: Comment, visit: Visit, aead: Aead): string | null {
  let opened: ReturnType<typeof openText>;
  try {
    opened = openText(aead, comment.text, looseBytes(visit.aad));
  } catch {
    return null;
  }
  if (opened.kind === "comment") return opened.text;
  // No MAC covers a comment, and SOPS makes an element of such a one in a list: data that nobody sealed there.
  throw new SopsError("DECRYPT_VALUE", "a comment holds the ciphertext of a value", {
    hint: "it was copied or moved here: restore the line from git",
    place: placeOf(source, comment, visit),
  });
}

function withPlace<T>(source: SealedSource, site: Site, visit: Visit, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof SopsError) throw error.at(placeOf(source, site, visit));
    throw error;
  }
}
