import { equalBytes, equalConstantTime, utf8, wipe } from "./bytes.ts";
import { SopsError } from "./errors.ts";
import type { EmitOptions, Format, PlainSource, Presentation, SealedSource } from "./format.ts";
import { SealedMemory } from "./memory.ts";
import type { Metadata } from "./metadata.ts";
import { type Extra, NO_PRESENTATION, openPresentation, sealPresentation } from "./presentation.ts";
import type { Aead, Runtime } from "./runtime.ts";
import { openTree, sealTree, type Keyed, type OpenedTree, type SealedTree } from "./seal.ts";
import { compileSelection, DEFAULT_SELECTOR, SELECT_ALL, type Selection } from "./selection.ts";
import { replaceSites } from "./tree-edit.ts";
import type { Tree } from "./tree.ts";
import { digestOfUnboundKeys } from "./unbound.ts";
import { formatSeconds } from "./time.ts";
import { openText, sealText } from "./value.ts";

/** The SOPS release whose format is written; must stay a real one, since SOPS compares it (trap 57). */
export const SOPS_VERSION = "3.13.3";
const IV_BYTES = 32;
/** What to do about a wrong MAC: most come of a git merge that took values of both sides, and the MAC of one. */
const AFTER_MERGE =
  "restore the file from git; after a merge, check its values with --ignore-mac, then make a new MAC with enc rotate -i --ignore-mac";

/** How the metadata becomes a block: bound to the providers' field lists by the caller. */
export type WriteBlock = (metadata: Metadata) => Parameters<Format["emitSealed"]>[1];

/** An unlocked file: its metadata, and its data key as a cipher. */
export interface Unlocked {
  readonly runtime: Runtime;
  readonly aead: Aead;
  readonly metadata: Metadata;
  readonly selection: Selection;
}

/**
 * Makes the cipher of a file and compiles its selector: `seal` refuses a bad pattern, `open` reads it as SOPS does.
 * Takes the data key over: its bytes are overwritten, the cipher keeps a copy of its own.
 */
export async function unlock(
  metadata: Metadata,
  dataKey: Uint8Array,
  runtime: Runtime,
  mode: "seal" | "open",
  binary = false,
): Promise<Unlocked> {
  const all = binary && mode === "seal" && metadata.selector === undefined;
  const selection = all ? SELECT_ALL : await compileSelection(metadata.selector ?? DEFAULT_SELECTOR, mode);
  const aead = runtime.aead(dataKey);
  wipe(dataKey);
  return { runtime, aead, metadata, selection };
}

function keyed(file: Unlocked): Keyed {
  return {
    runtime: file.runtime,
    aead: file.aead,
    selection: file.selection,
    macOnlyEncrypted: file.metadata.macOnlyEncrypted,
  };
}

export interface OpenOptions {
  readonly ignoreMac?: boolean | undefined;
  /** Keep what is needed to seal unchanged values to the same ciphertext. */
  readonly remember?: boolean | undefined;
}

export interface TextOptions extends EmitOptions {
  /** Leave the original layout aside. */
  readonly canonical?: boolean | undefined;
}

/** A sealed file, opened and verified. */
export interface OpenedDocument {
  readonly tree: Tree;
  /** The plain text in the file's own format: the original bytes, or canonical text where it came without hints. */
  text(options?: TextOptions): Uint8Array;
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
  let tree: Tree | undefined;
  const plainTree = (): Tree => (tree ??= replaceSites(source.tree, opened.sites));
  return {
    get tree() {
      return plainTree();
    },
    text(how = {}) {
      if (extra === null || how.canonical === true) return format.emit(plainTree(), how);
      return source.open(opened.sites, extra);
    },
    memory,
    warnings: warningsOf(file, opened),
  };
}

/** The file's hints, or null where it has none. What they say of its keys is checked like the MAC. */
function readExtra(
  source: SealedSource,
  file: Unlocked,
  opened: OpenedTree,
  ignoreMac: boolean,
): Presentation | null {
  if (file.metadata.presentation === "") return null;
  let extra: Extra;
  try {
    extra = openPresentation(file.metadata.presentation, file.aead);
  } catch (error) {
    if (ignoreMac && error instanceof SopsError) return NO_PRESENTATION;
    throw error;
  }
  // With the MAC ignored, names that a git merge added cost no layout: a hint holds only for the value that it spells.
  if (!ignoreMac && extra.keys !== digestOfUnboundKeys(source.tree, opened.sites, file.runtime))
    throw new SopsError("MAC_MISMATCH", "the names of the file's unencrypted or empty values were changed", {
      hint: AFTER_MERGE,
    });
  return extra;
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

/** The stored MAC is sealed under the last-modified time; text is compared, case and all (spec section 3). */
function checkMac(file: Unlocked, computed: string): void {
  const { mac, lastModified } = file.metadata;
  const hint = AFTER_MERGE;
  if (mac === "") throw new SopsError("MAC_MISMATCH", "the file has no MAC", { hint });
  let stored: ReturnType<typeof openText>;
  try {
    stored = openText(file.aead, mac, utf8(lastModified));
  } catch (cause) {
    throw new SopsError("MAC_MISMATCH", "the file's MAC does not decrypt", { hint, cause });
  }
  const text = stored.kind === "value" && stored.value.kind === "str" ? stored.value.value : "";
  if (!equalConstantTime(utf8(text), utf8(computed)))
    throw new SopsError("MAC_MISMATCH", "the file's MAC does not match its values", { hint });
}

/** Does the stored MAC decrypt, whatever it says of the values? Then the data key is the one of the file. */
export function opensMac({ aead, metadata }: Unlocked): boolean {
  try {
    openText(aead, metadata.mac, utf8(metadata.lastModified));
    return metadata.mac !== "";
  } catch (error) {
    if (error instanceof SopsError) return false;
    throw error;
  }
}

export interface SealInput {
  /** The bytes that `source` was parsed from. */
  readonly plain: Uint8Array;
  readonly memory?: SealedMemory | undefined;
  readonly writeBlock: WriteBlock;
  /** Another format's text of the same tree: no layout to keep, canonical output. */
  readonly output?: Format | undefined;
  /** The indent that canonical text has here, and will have when the file is opened again. */
  readonly indent?: number | undefined;
  /** The text is known to need hints: whether it is canonical is not asked. */
  readonly hinted?: boolean | undefined;
}

/**
 * Seals a plain text: each selected value spliced over by its ciphertext, the metadata block in its place.
 * lastmodified and mac are new; groups, selector and version are those of `file.metadata`.
 */
export function sealDocument(
  format: Format,
  source: PlainSource,
  file: Unlocked,
  input: SealInput,
): Uint8Array {
  refuseBadPattern(file.selection);
  const sealed = sealTree(source.tree, keyed(file), input.memory);
  const stamped = stamp(file, sealed.mac);
  if (input.output !== undefined && input.output !== format) {
    const block = input.writeBlock({ ...stamped, presentation: "" });
    return input.output.emitSealed(replaceSites(source.tree, sealed.sites), block, { indent: input.indent });
  }
  const draft = source.seal(sealed.sites);
  const keys = digestOfUnboundKeys(source.tree, sealed.sites, file.runtime);
  const needed =
    format.name !== "binary" &&
    (input.hinted === true ||
      keys !== "" ||
      draft.incomplete === true ||
      !isCanonical(format, source, sealed, input));
  const extra = { ...draft.presentation, keys };
  const previous = file.metadata.presentation;
  const presentation = needed ? sealPresentation(extra, file.aead, file.runtime, previous) : "";
  return draft.finish(input.writeBlock({ ...stamped, presentation }));
}

/** A pattern that matches nothing because it is broken must never decide what stays in clear text (trap 27). */
function refuseBadPattern(selection: Selection): void {
  if (selection.badPattern === undefined) return;
  throw new SopsError("BAD_PATTERN", `the file's selector is not a valid pattern: ${selection.badPattern}`, {
    hint: "decrypt the file, correct the pattern in .sops-ts.yaml, and encrypt it anew",
  });
}

/**
 * Would opening without hints give this very text? Then the file needs no field that SOPS does not know.
 * A sealed inline comment comes back on a line of its own (trap 31), so such a text is never its own canonical form.
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

function stamp(file: Unlocked, macText: string): Metadata {
  const lastModified = formatSeconds(file.runtime.now());
  const iv = file.runtime.randomBytes(IV_BYTES);
  const mac = sealText(file.aead, iv, utf8(macText), utf8(lastModified), "str");
  return { ...file.metadata, lastModified, mac };
}
