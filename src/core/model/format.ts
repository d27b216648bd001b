import type { Comment, Leaf, MapNode, Node, Scalar, Tree } from "./tree.ts";

export const FORMAT_NAMES = ["binary", "dotenv", "ini", "json", "yaml"] as const;
export type FormatName = (typeof FORMAT_NAMES)[number];

/** `stores.<format>.indent` of a config or `--indent`; undefined: the format's own default (JSON -1 is one tab). */
export interface EmitOptions {
  readonly indent?: number | undefined;
  /**
   * Each value so that it is read back as itself, where the spelling of SOPS is not: it prints the float 2.0 as `2` in
   * YAML, and a value that ends in a backslash without quotes in INI. What has no such spelling is printed as by SOPS.
   */
  readonly exact?: boolean | undefined;
}

/** Characters `start` to `end` (end excluded) of a text, and what stands there instead. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A node whose text changes when a file is sealed or opened. */
export type Site = Leaf | Comment;

/**
 * How one node of a plain text was spelled, where its value alone would not give that spelling back.
 * `at` is the node's number in a walk of the whole tree in document order, parents first: every map (a document's
 * own included), list, leaf, null and comment counts one, keys count none. It is the same number in the plain and
 * in the sealed text. `spelling` is the format's own: the raw source, or a short code for a style.
 */
export interface Hint {
  readonly at: number;
  readonly spelling: string;
}

/** All that an opened text needs beyond its values to be the original, byte for byte. */
export interface Presentation {
  readonly leaves: readonly Hint[];
  /** The format's own text about the file as a whole (final newline, BOM ...); empty when there is nothing to say. */
  readonly file: string;
}

/** What a sealed site reads: its ENC text, and how it stood in the sealed file that is being replaced, if it did. */
export interface SealedText {
  readonly text: string;
  readonly style?: string | undefined;
}

/** The text of a plain file, parsed. Immutable. */
export interface PlainSource {
  readonly tree: Tree;
  /**
   * Splices each ENC text in place of its leaf or comment. A site that is not in the map stays as it stands;
   * so does all other text. What the sealed text cannot carry is answered as presentation.
   */
  seal(sites: ReadonlyMap<Site, SealedText>): SealedDraft;
  /** This text with the value at `path` (keys and list indices) set; null where that cannot be spliced. */
  set?(path: readonly (string | number)[], value: Node): Uint8Array | null;
  /** This text without the node at `path`; null where that cannot be spliced. */
  unset?(path: readonly (string | number)[]): Uint8Array | null;
}

export interface SealedDraft {
  readonly presentation: Presentation;
  /** The sealed text alone does not hold every comment in its place: canonical text too needs its presentation. */
  readonly incomplete?: boolean | undefined;
  /** The sealed file: the spliced text with the metadata block in its place (format.md 5.4). */
  finish(metadata: MapNode): Uint8Array;
}

/** The text of a sealed file, parsed. The block is kept apart from the tree; every sealed value is a str leaf. */
export interface SealedSource {
  /** The text that spans count in. */
  readonly text?: string;
  readonly tree: Tree;
  /** The raw block of the first document; numbers, booleans and nulls as written, or text in flat formats. */
  readonly metadata: MapNode;
  /** How a site is written here (a quote, a block header), to be handed back in `SealedText.style`. */
  styleOf(site: Site): string | undefined;
  /**
   * This text with another block in the place of its own, laid out like it, and with `edits` outside of it, whose places
   * count in `text`; every other character stays.
   */
  withBlock(metadata: MapNode, edits?: readonly Edit[]): Uint8Array;
  /**
   * Splices the plain value of each site back and cuts the block off. A comment is answered by its text.
   * A hint is used only where its own value, re-read from its spelling, equals the decrypted one.
   */
  open(sites: ReadonlyMap<Site, Scalar | string>, presentation: Presentation): Uint8Array;
}

/** One file format: bytes <-> tree with spans, splice, canonical text. Knows nothing of keys. */
export interface Format {
  readonly name: FormatName;
  /** In a map of its tree, a comment stands behind the entry that it belongs to, and is removed with it. */
  readonly commentsBehind?: boolean | undefined;
  /** Every value is read as a string, whatever kind of value was printed. */
  readonly flat?: boolean | undefined;
  /** A file is one value, its bytes: there is no text to be read. */
  readonly opaque?: boolean | undefined;
  /** Throws ALREADY_ENCRYPTED where the text holds the reserved key, and the parse errors with their place. */
  parsePlain(bytes: Uint8Array): PlainSource;
  /** Throws NO_METADATA where there is no block. */
  parseSealed(bytes: Uint8Array): SealedSource;
  /** The text that SOPS itself would print for this tree (format.md 6.3, 7, 8, 9). Throws EMIT. */
  emit(tree: Tree, options?: EmitOptions): Uint8Array;
  /** Is this what `emit` answers? Only where that can be told sooner than by emitting all of it. */
  isCanonical?(tree: Tree, text: Uint8Array, options?: EmitOptions): boolean;
  /** The same with the metadata block: what SOPS would print for a sealed tree. */
  emitSealed(tree: Tree, metadata: MapNode, options?: EmitOptions): Uint8Array;
  /** What `--extract` prints for a node that is not a string. Throws EMIT. */
  emitValue(node: Node, options?: EmitOptions): Uint8Array;
}
