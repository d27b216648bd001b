import { equalBytes } from "../base/bytes.ts";
import { assertSameBlock } from "./block-check.ts";
import { SopsError } from "../base/errors.ts";
import type { Format, SealedSource, SealedText, Site } from "../model/format.ts";
import type { Metadata } from "./metadata-model.ts";
import { readMetadata } from "./metadata-read.ts";
import { formatTreePath } from "../model/path.ts";
import type { Comment, Leaf, MapItem, Node, Scalar, Tree } from "../model/tree.ts";
import { isEntry } from "../model/tree-data.ts";
import type { PathPart } from "../model/tree-edit.ts";
import { equalScalars } from "../model/tree-equal.ts";
import { plaintextOf } from "../model/value.ts";

/** What a sealed text was meant to be. */
export interface Meant {
  /** The tree whose sites were sealed, plain or sealed itself. */
  readonly tree: Tree;
  /** What stands in the text for each of its sites. */
  readonly sites: ReadonlyMap<Site, SealedText>;
  readonly metadata: Metadata;
  /** Comments that the text cannot hold where they stood may be missing; none may be new. */
  readonly mayLoseComments: boolean;
  /** The text was printed as SOPS does, perhaps in another format: a clear value keeps its text, not always its kind. */
  readonly printed?: boolean | undefined;
}

/** A sealed text, read again and found to be what was meant. */
export interface ReadBack {
  readonly source: SealedSource;
  /** What each of its sealed sites opens to, known without opening it. */
  readonly plain: ReadonlyMap<Site, Scalar | string>;
}

/**
 * Reads a sealed text by its own parser and compares all with what was meant: keys and their order, each ciphertext, each
 * clear value, the metadata. Nothing is decrypted, since a ciphertext that is the same opens to the same. Every sealed
 * text that leaves the engine has passed here. Throws EMIT with the key path of the first difference.
 */
export function readBack(sealed: Uint8Array, format: Format, meant: Meant): ReadBack {
  const source = parsed(sealed, format);
  const comparison = new Comparison(meant, format.flat === true || meant.printed === true);
  comparison.compare(source.tree);
  assertSameBlock(meant.metadata, readMetadata(source.metadata));
  return { source, plain: comparison.plain };
}

function parsed(sealed: Uint8Array, format: Format): SealedSource {
  try {
    return format.parseSealed(sealed);
  } catch (cause) {
    if (cause instanceof SopsError) throw notAsMeant("it", undefined, cause);
    throw cause;
  }
}

/** The text could be made, and reads as something else. */
export class ReadBackError extends SopsError {}

function notAsMeant(what: string, path?: readonly PathPart[], cause?: unknown): SopsError {
  return new ReadBackError(
    "EMIT",
    `the encrypted file was not written: ${what} would not read back as it should`,
    {
      hint: "this is a defect of enc: please report it; nothing was changed",
      place: path === undefined ? undefined : { path: formatTreePath(path) },
      cause,
    },
  );
}

class Comparison {
  readonly plain = new Map<Site, Scalar | string>();
  readonly #meant: Meant;
  readonly #byText: boolean;
  readonly #path: PathPart[] = [];

  constructor(meant: Meant, byText: boolean) {
    this.#meant = meant;
    this.#byText = byText;
  }

  compare(read: Tree): void {
    const { documents } = this.#meant.tree;
    if (documents.length !== read.documents.length) throw this.#wrong();
    for (const [i, { entries }] of documents.entries()) {
      const found = read.documents[i]?.entries ?? [];
      if (this.#meant.printed === true)
        this.#items(entries.filter(saysSomething), found.filter(saysSomething));
      else this.#items(entries, found);
    }
  }

  /** A comment that was meant and is not there is passed over; whatever else is there must have been meant. */
  #items(meant: readonly (MapItem | Node)[], read: readonly (MapItem | Node)[]): void {
    let at = 0;
    for (const [i, item] of meant.entries()) {
      const found = read[at];
      if (item.type === "comment" && !this.#isThere(item, found)) {
        if (!this.#meant.mayLoseComments) throw this.#wrong();
        at += this.#linesThere(item, read.slice(at));
        continue;
      }
      at++;
      this.#path.push(item.type === "entry" ? item.key : i);
      this.#item(item, found);
      this.#path.pop();
    }
    if (at !== read.length) throw this.#wrong();
  }

  #item(meant: MapItem | Node, read: MapItem | Node | undefined): void {
    if (meant.type !== "entry") this.#node(meant, read);
    else if (read?.type === "entry" && read.key === meant.key) this.#node(meant.value, read.value);
    else throw this.#wrong();
  }

  #node(meant: Node | Comment, read: MapItem | Node | undefined): void {
    if (meant.type === "comment") {
      if (!this.#isThere(meant, read)) throw this.#wrong();
      if (this.#meant.sites.has(meant)) this.plain.set(read, meant.text);
    } else if (meant.type === "map" && read?.type === "map") this.#items(meant.entries, read.entries);
    else if (meant.type === "list" && read?.type === "list") this.#items(meant.items, read.items);
    else if (meant.type === "leaf" && read?.type === "leaf") this.#leaf(meant, read);
    else if (meant.type !== "null" || read?.type !== "null") throw this.#wrong();
  }

  /** A sealed comment of a list is a string in what SOPS prints (traps.md 2). */
  #isThere(meant: Comment, read: MapItem | Node | undefined): read is Comment | Leaf {
    const sealed = this.#meant.sites.get(meant)?.text;
    if (read?.type === "comment") return read.text === (sealed ?? meant.text);
    return sealed !== undefined && read?.type === "leaf" && isText(read.value, sealed);
  }

  /** A clear comment of several lines, as INI has them, is one for each line in a format that has none such. */
  #linesThere(meant: Comment, read: readonly (MapItem | Node)[]): number {
    if (this.#meant.printed !== true || this.#meant.sites.has(meant)) return 0;
    const lines = meant.text.split("\n");
    const isLine = (line: string, i: number): boolean => {
      const found = read[i];
      return found?.type === "comment" && (found.text === line || found.text === ` ${line}`);
    };
    return lines.length > 1 && lines.every(isLine) ? lines.length : 0;
  }

  #leaf(meant: Leaf, read: Leaf): void {
    const sealed = this.#meant.sites.get(meant)?.text;
    if (sealed !== undefined) {
      if (!isText(read.value, sealed)) throw this.#wrong();
      this.plain.set(read, meant.value);
      return;
    }
    if (equalScalars(meant.value, read.value)) return;
    if (!this.#byText || !sameText(meant.value, read.value)) throw this.#wrong();
  }

  #wrong(): SopsError {
    return notAsMeant("a value", this.#path);
  }
}

/** An INI file always has the section DEFAULT, be it empty. A comment in it may be lost on the way to another format. */
function saysSomething(item: MapItem): boolean {
  return item.type === "comment" || item.value.type !== "map" || item.value.entries.some(isEntry);
}

/** What is hashed, or else the file's MAC would not be that of its values. */
function sameText(a: Scalar, b: Scalar): boolean {
  return equalBytes(plaintextOf(a), plaintextOf(b));
}

/** In a block scalar line breaks follow, which are the block's own. */
function isText(value: Scalar, text: string): boolean {
  if (value.kind !== "str") return false;
  const read = value.value;
  return read === text || (read.startsWith(text) && /^\n*$/.test(read.slice(text.length)));
}
