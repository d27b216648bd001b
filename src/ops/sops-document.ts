import type { FormatName } from "../core/model/format.ts";
import type { Metadata } from "../core/file/metadata.ts";
import { parseTreePath } from "../core/model/path.ts";
import type { Comment, Node, Tree } from "../core/model/tree.ts";
import { getAt, type TreePath } from "../core/model/tree-edit.ts";
import { refuseUnclearPath } from "../core/model/unclear-path.ts";
import { sealOnto } from "./encrypt.ts";
import { bytesOf, contextOf, type DecryptOptions, formatsOf } from "./library.ts";
import { openFile, type OpenedFile } from "./open.ts";

/** A sealed file, opened: its tree, its metadata, its plain text, and the way to seal a changed text onto it. */
export class SopsDocument {
  readonly format: FormatName;
  readonly #sealed: Uint8Array;
  readonly #opened: OpenedFile;
  readonly #options: DecryptOptions;

  private constructor(sealed: Uint8Array, opened: OpenedFile, options: DecryptOptions) {
    this.format = options.format;
    this.#sealed = sealed;
    this.#opened = opened;
    this.#options = options;
  }

  /** Opens and verifies. Throws SopsError as `decrypt` does. */
  static async open(input: Uint8Array | string, options: DecryptOptions): Promise<SopsDocument> {
    const sealed = bytesOf(input);
    const { input: format } = await formatsOf(options);
    const ctx = contextOf(options, options.identities ?? []);
    return new SopsDocument(
      sealed,
      await openFile(sealed, format, { ignoreMac: options.ignoreMac }, ctx),
      options,
    );
  }

  /** The plain tree: ordered entries, typed values, comments. */
  get tree(): Tree {
    return this.#opened.document.tree;
  }

  get metadata(): Metadata {
    return this.#opened.file.metadata;
  }

  /** The plain file in bytes. */
  text(): Uint8Array {
    return this.#opened.document.print({ indent: this.#options.indent }).bytes;
  }

  /** The node at a path of the first document (`["a"][0]`, or its parts), or undefined. */
  get(path: string | TreePath): Node | Comment | undefined {
    const parts = typeof path === "string" ? parseTreePath(path) : path;
    const root = this.tree.documents[0];
    if (root !== undefined && typeof path === "string") refuseUnclearPath(root, parts, path);
    return root && getAt(root, parts);
  }

  /**
   * A new sealed file with this plain text: the same keys, every unchanged ciphertext kept. The data key is kept too, so that
   * whoever made the file, or could ever open it, can read what is new; `encrypt` draws another.
   */
  async seal(plain: Uint8Array | string): Promise<Uint8Array> {
    const { input } = await formatsOf(this.#options);
    const ctx = contextOf(this.#options, this.#options.identities ?? []);
    return sealOnto(bytesOf(plain), this.#sealed, input, { ignoreMac: this.#options.ignoreMac }, ctx);
  }
}
