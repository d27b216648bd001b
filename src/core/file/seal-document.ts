import { equalBytes, toByteString, utf8 } from "../base/bytes.ts";
import { commitTo } from "./commitment.ts";
import { keyed, type Unlocked } from "./document.ts";
import { SopsError } from "../base/errors.ts";
import type { Format, PlainSource, Site } from "../model/format.ts";
import type { SealedMemory } from "./ciphertext-reuse.ts";
import { type Metadata, writeMetadata } from "./metadata.ts";
import { type Extra, NO_PRESENTATION, sealPresentation } from "./presentation.ts";
import { type ReadBack, ReadBackError, readBack } from "./read-back.ts";
import { sealTree, type SealedTree } from "./seal.ts";
import type { Selection } from "../model/selection.ts";
import { formatSeconds } from "../base/time.ts";
import { replaceSites } from "../model/tree-edit.ts";
import type { Scalar, Tree } from "../model/tree.ts";
import { valToString } from "../model/number.ts";
import { walk } from "../model/walk.ts";
import { digestOfUnboundKeys } from "./key-names-digest.ts";
import { sealText } from "../model/enc-text.ts";

const IV_BYTES = 32;

export interface SealInput {
  /** The bytes that `source` was parsed from. */
  readonly plain: Uint8Array;
  readonly memory?: SealedMemory | undefined;
  /** Another format's text of the same tree: no layout to keep, canonical output. */
  readonly output?: Format | undefined;
  /** The indent that canonical text has here, and will have when the file is opened again. */
  readonly indent?: number | undefined;
}

/**
 * Seals a plain text: each selected value spliced over by its ciphertext, the metadata block in its place.
 * lastmodified and mac are new; groups, selector and version are those of `file.metadata`. Throws EMIT where the result
 * does not read back as it should.
 */
export function sealDocument(
  format: Format,
  source: PlainSource,
  file: Unlocked,
  input: SealInput,
): Uint8Array {
  refuseBadPattern(file.selection);
  if (input.output !== undefined && input.output !== format)
    return sealPrinted(input.output, source.tree, file, { ...input, converted: true });
  const sealed = sealTree(source.tree, keyed(file), input.memory);
  const draft = source.seal(sealed.sites);
  const metadata = stamp(file, sealed.mac, commitTo(input.plain, file));
  const finish = (extra: Extra | null): ReadBack & { readonly bytes: Uint8Array } => {
    const presentation = extra === null ? "" : sealExtra(extra, file);
    const meant = {
      tree: source.tree,
      sites: sealed.sites,
      metadata: { ...metadata, presentation },
      mayLoseComments: draft.incomplete === true,
    };
    const bytes = draft.finish(writeMetadata(meant.metadata));
    return { bytes, ...readBack(bytes, format, meant) };
  };
  const keys = digestOfUnboundKeys(source.tree, sealed.sites, file.runtime);
  if (format.opaque === true) return finish(null).bytes;
  if (keys === "" && draft.incomplete !== true && isCanonical(format, source, sealed, input))
    return finish(null).bytes;
  const extra: Extra = { ...draft.presentation, keys };
  const made = finish(extra);
  if (equalBytes(made.source.open(made.plain, extra), input.plain)) return made.bytes;
  // A spelling that the hints cannot say: then they hold the text itself.
  return finish({ ...NO_PRESENTATION, keys, whole: toByteString(input.plain) }).bytes;
}

/** What is kept of a file that has the same fields under the same key is its very text. */
export function sealExtra(extra: Extra, file: Unlocked): string {
  return sealPresentation(extra, file.aead, file.runtime, file.metadata.presentation);
}

/**
 * Seals a tree that has no text of its own, as SOPS would print it: in another format, or where the format has no plain
 * spelling for a value. Throws EMIT.
 */
export function sealPrinted(
  format: Format,
  opened: Tree,
  file: Unlocked,
  input: Pick<SealInput, "memory" | "indent"> & { readonly converted: boolean },
): Uint8Array {
  refuseBadPattern(file.selection);
  const tree = format.flat === true ? withClearTexts(opened, file.selection) : opened;
  const { sites, mac } = sealTree(tree, keyed(file), input.memory);
  const metadata = { ...stamp(file, mac), presentation: "" };
  const print = (exact: boolean): Uint8Array => {
    const options = { indent: input.indent, exact };
    const bytes = format.emitSealed(replaceSites(tree, sites), writeMetadata(metadata), options);
    readBack(bytes, format, { tree, sites, metadata, mayLoseComments: true, printed: input.converted });
    return bytes;
  };
  try {
    return print(false);
  } catch (error) {
    if (!(error instanceof SopsError) || error.code !== "EMIT") throw error;
    return input.converted ? orNotConverted(format, tree, () => print(true)) : print(true);
  }
}

/**
 * The clear values of a flat file are texts, and have to be hashed as such: SOPS hashes what they were, and then cannot open
 * its own file (`true` is hashed as `True`, 1e20 without an exponent).
 */
function withClearTexts(tree: Tree, selection: Selection): Tree {
  const texts = new Map<Site, Scalar>();
  walk(tree, selection, {
    leaf(leaf, { selected }) {
      const { value } = leaf;
      if (selected || value.kind === "str" || value.kind === "bytes") return;
      texts.set(leaf, { kind: "str", value: value.kind === "time" ? value.value : valToString(value) });
    },
    comment: () => undefined,
  });
  return replaceSites(tree, texts);
}

/** What the other format cannot hold is no defect: SOPS leaves documents out, and writes a key twice that it cannot read. */
function orNotConverted(format: Format, { documents }: Tree, print: () => Uint8Array): Uint8Array {
  try {
    return print();
  } catch (error) {
    if (!(error instanceof ReadBackError)) throw error;
    const twice = error.cause instanceof SopsError && error.cause.code === "DUPLICATE_KEY";
    if (documents.length < 2 && !twice) throw error;
    const why = twice ? "a key stands twice" : "there is more than one document";
    throw new SopsError("EMIT", `cannot write this as a ${format.name} file: ${why}`, {
      hint: `${twice ? "one of the values" : "all but the first"} would be lost: leave --output-type out`,
    });
  }
}

/** A pattern that matches nothing because it is broken must never decide what stays in clear text (traps.md 27). */
export function refuseBadPattern(selection: Selection): void {
  if (selection.badPattern === undefined) return;
  throw new SopsError("BAD_PATTERN", `the file's selector is not a valid pattern: ${selection.badPattern}`, {
    hint: "decrypt the file, correct the pattern in .sops-ts.yaml, and encrypt it anew",
  });
}

/**
 * Would opening without hints give this very text? Then the file needs no field that SOPS does not know.
 * A sealed inline comment comes back on a line of its own (traps.md 31), so such a text is never its own canonical form.
 */
function isCanonical(format: Format, source: PlainSource, sealed: SealedTree, input: SealInput): boolean {
  for (const site of sealed.sites.keys()) if (site.type === "comment" && site.inline) return false;
  try {
    const options = { indent: input.indent };
    return (
      format.isCanonical?.(source.tree, input.plain, options) ??
      equalBytes(format.emit(source.tree, options), input.plain)
    );
  } catch (error) {
    if (error instanceof SopsError) return false;
    throw error;
  }
}

/** A new date and MAC; `iv` commits to a text. */
export function stamp(file: Unlocked, macText: string, iv = file.runtime.randomBytes(IV_BYTES)): Metadata {
  const lastModified = formatSeconds(file.runtime.now());
  const mac = sealText(file.aead, iv, utf8(macText), utf8(lastModified), "str");
  return { ...file.metadata, lastModified, mac };
}
