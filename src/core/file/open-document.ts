import { canonicalText, type CanonicalText, differenceOf, exactText } from "./canonical.ts";
import { AFTER_MERGE, checkMac, keyed, type Unlocked } from "./document.ts";
import { SopsError } from "../base/errors.ts";
import type { EmitOptions, Format, SealedSource } from "../model/format.ts";
import { SealedMemory } from "./ciphertext-reuse.ts";
import { originalText } from "./original.ts";
import { formatTreePath } from "../model/path.ts";
import { type Extra, NO_EXTRA, openPresentation } from "./presentation.ts";
import { openTree, type OpenedTree } from "./seal.ts";
import { replaceSites } from "../model/tree-edit.ts";
import type { Tree } from "../model/tree.ts";
import { digestOfUnboundKeys } from "./key-names-digest.ts";

export interface OpenOptions {
  readonly ignoreMac?: boolean | undefined;
  /** Keep what is needed to seal unchanged values to the same ciphertext. */
  readonly remember?: boolean | undefined;
}

export interface PrintOptions extends EmitOptions {
  /** Leave the original layout aside. */
  readonly canonical?: boolean | undefined;
}

/** The plain text of an opened file. */
export interface Printed extends CanonicalText {
  /** Lines for the user. */
  readonly warnings: readonly string[];
}

/** A sealed file, opened and verified. */
export interface OpenedDocument {
  readonly tree: Tree;
  /** The hints that the file came with; null where there are none, or none that could be opened. */
  readonly extra: Extra | null;
  /** The very bytes that were sealed, proven by the file's commitment; null where that cannot be had. */
  original(options?: EmitOptions): Uint8Array | null;
  /** A line for the user where the file has hints and they are of no use: what is written next has no layout of its own. */
  lostLayout(options?: EmitOptions): readonly string[];
  /** The plain text in the file's own format: the original bytes, else canonical text. */
  print(options?: PrintOptions): Printed;
  /** A text that reads back as `tree`, to be changed and sealed again. Throws EMIT with the path of what has no spelling. */
  exact(options?: EmitOptions): Uint8Array;
  readonly memory: SealedMemory | undefined;
  /** Lines for the user: comments that did not open, a pattern that SOPS ignores. */
  readonly warnings: readonly string[];
}

/** Opens every value and checks the file MAC. Throws DECRYPT_VALUE, VALUE_NOT_ENCRYPTED, MAC_MISMATCH. */
export function openDocument(
  format: Format,
  source: SealedSource,
  file: Unlocked,
  options: OpenOptions = {},
): OpenedDocument {
  const memory = options.remember === true ? new SealedMemory() : undefined;
  const opened = openTree(source, keyed(file), memory);
  if (options.ignoreMac !== true) checkMac(file, opened.mac);
  const extra = readExtra(source, file, opened, options.ignoreMac === true);
  return new Opened(format, source, file, opened, extra, memory);
}

/** The file's hints, or null where it has none. What they say of its keys is checked like the MAC. */
function readExtra(
  source: SealedSource,
  file: Unlocked,
  opened: OpenedTree,
  ignoreMac: boolean,
): Extra | null {
  if (file.metadata.presentation === "") return null;
  let extra: Extra | null;
  try {
    extra = openPresentation(file.metadata.presentation, file.aead);
  } catch (error) {
    if (ignoreMac && error instanceof SopsError) return null;
    throw error;
  }
  // Hints are never needed for data, and what this field says of the keys nobody here can read.
  if (extra === null) return NO_EXTRA;
  if (!ignoreMac && extra.keys !== digestOfUnboundKeys(source.tree, opened.sites, file.runtime))
    throw new SopsError("MAC_MISMATCH", "the names of the file's unencrypted or empty values were changed", {
      hint: AFTER_MERGE,
    });
  return extra;
}

class Opened implements OpenedDocument {
  readonly extra: Extra | null;
  readonly memory: SealedMemory | undefined;
  readonly warnings: readonly string[];
  readonly #format: Format;
  readonly #source: SealedSource;
  readonly #file: Unlocked;
  readonly #opened: OpenedTree;
  #tree: Tree | undefined;
  #original: { readonly indent: number | undefined; readonly text: Uint8Array | null } | undefined;

  constructor(
    format: Format,
    source: SealedSource,
    file: Unlocked,
    opened: OpenedTree,
    extra: Extra | null,
    memory: SealedMemory | undefined,
  ) {
    this.#format = format;
    this.#source = source;
    this.#file = file;
    this.#opened = opened;
    this.extra = extra;
    this.memory = memory;
    this.warnings = warningsOf(file, opened);
  }

  get tree(): Tree {
    return (this.#tree ??= replaceSites(this.#source.tree, this.#opened.sites));
  }

  original(options?: EmitOptions): Uint8Array | null {
    if (this.#original?.indent !== options?.indent || this.#original === undefined)
      this.#original = { indent: options?.indent, text: this.#findOriginal(options) };
    return this.#original.text;
  }

  lostLayout(options?: EmitOptions): readonly string[] {
    const isLost = this.#file.metadata.presentation !== "" && this.original(options) === null;
    return isLost ? [LAYOUT_LEFT_ASIDE] : [];
  }

  #findOriginal(options?: EmitOptions): Uint8Array | null {
    const { sites } = this.#opened;
    const text =
      this.extra === null
        ? { print: () => this.#format.emit(this.tree, options) }
        : { source: this.#source, sites, extra: this.extra };
    const original = originalText(text, this.#file);
    // Which text it is, the maker of the file has said. Whoever makes one could say another than its values are, and a
    // clear value that the MAC leaves out (mac_only_encrypted) may have been changed since: SOPS reads the values.
    if (original === null || differenceOf(this.#format, original, this.tree) !== null) return null;
    return original;
  }

  print({ canonical, ...options }: PrintOptions = {}): Printed {
    if (this.#format.opaque === true)
      return { bytes: this.#format.emit(this.tree), difference: null, warnings: [] };
    const original = canonical === true ? null : this.original(options);
    if (original !== null) return { bytes: original, difference: null, warnings: [] };
    const made = canonicalText(this.#format, this.tree, options);
    const lost = canonical === true ? [] : this.lostLayout(options);
    return { ...made, warnings: [...lost, ...differenceText(made)] };
  }

  exact(options?: EmitOptions): Uint8Array {
    if (this.#format.opaque === true) return this.#format.emit(this.tree);
    const text = this.original(options) ?? exactText(this.#format, this.tree, options)?.bytes;
    if (text !== undefined) return text;
    const path = formatTreePath(canonicalText(this.#format, this.tree, options).difference?.path ?? []);
    throw new SopsError("EMIT", `a ${this.#format.name} file has no spelling for one of the values`, {
      hint: `as text it would become another value: change the file with enc set and enc unset, or open it with --output-type json`,
      place: { path },
    });
  }
}

const LAYOUT_LEFT_ASIDE =
  "the original layout is left aside, since the file was changed or merged after it was sealed: its values are printed as sops prints them (git has the file with its layout)";

/** A text that reads as other data is never given out without a word. */
export function differenceText({ difference }: CanonicalText): string[] {
  if (difference === null || difference.kindOnly) return [];
  const where = difference.path.length === 0 ? "the text" : formatTreePath(difference.path);
  return [`${where} does not read back as the value that is in the file: this format has no spelling for it`];
}

function warningsOf(file: Unlocked, opened: OpenedTree): string[] {
  const bad = file.selection.badPattern;
  const lines = opened.unopened.map(
    (path) => `a comment ${path} should be encrypted, but does not decrypt; it is kept as it is`,
  );
  if (bad !== undefined)
    lines.push(`the file's selector is not a valid pattern, sops takes it as "no match": ${bad}`);
  return lines;
}
