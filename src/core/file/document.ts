import { equalConstantTime, utf8, wipe } from "../base/bytes.ts";
import { SopsError } from "../base/errors.ts";
import type { Metadata } from "./metadata.ts";
import type { Aead, Runtime } from "../ports/runtime.ts";
import type { Keyed } from "./seal.ts";
import { compileSelection, DEFAULT_SELECTOR, SELECT_ALL, type Selection } from "../model/selection.ts";
import { openText } from "../model/value.ts";

/** The SOPS release whose format is written; must stay a real one, since SOPS compares it (traps.md 57). */
export const SOPS_VERSION = "3.13.3";

/** What to do about a wrong MAC: most come of a git merge that took values of both sides, and the MAC of one. */
export const AFTER_MERGE =
  "restore the file from git; after a merge, check its values with --ignore-mac, then make a new MAC with enc rotate -i --ignore-mac";

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

export function keyed(file: Unlocked): Keyed {
  return {
    runtime: file.runtime,
    aead: file.aead,
    selection: file.selection,
    macOnlyEncrypted: file.metadata.macOnlyEncrypted,
  };
}

/** The stored MAC is sealed under the last-modified time; text is compared, case and all (format.md 3). */
export function checkMac(file: Unlocked, computed: string): void {
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
