import { fromByteString } from "../base/bytes.ts";
import { isCommittedTo } from "./commitment.ts";
import type { Unlocked } from "./document.ts";
import { SopsError } from "../base/errors.ts";
import type { SealedSource, Site } from "../model/format.ts";
import type { Extra } from "./presentation.ts";
import type { Scalar } from "../model/tree.ts";

/** Where the text comes from: what SOPS would print, or the sealed text with its values and hints put back. */
export type TextSource =
  | { readonly print: () => Uint8Array }
  | {
      readonly source: SealedSource;
      readonly sites: ReadonlyMap<Site, Scalar | string>;
      readonly extra: Extra;
    };

/**
 * The bytes that were sealed, or null where what can be made is not what the file's MAC commits to: the hints are of
 * another version, a merge or somebody's hand changed the text beside the values, or SOPS wrote the file.
 */
export function originalText(text: TextSource, file: Unlocked): Uint8Array | null {
  const made = textOf(text);
  if (made === null) return null;
  const { mac } = file.metadata;
  if (isCommittedTo(made, mac, file)) return made;
  // A checkout may have given the file other line ends; the original has its own.
  const lf = withoutCr(made);
  return lf !== null && isCommittedTo(lf, mac, file) ? lf : null;
}

/** Hints that do not fit the text may lead anywhere, an error too. */
function textOf(text: TextSource): Uint8Array | null {
  try {
    if ("print" in text) return text.print();
    const { whole } = text.extra;
    return whole === undefined ? text.source.open(text.sites, text.extra) : fromByteString(whole);
  } catch (error) {
    if (error instanceof SopsError && !("print" in text)) return null;
    throw error;
  }
}

const [CR, LF] = [0x0d, 0x0a];

/** Each CR LF as LF; null where there is none. */
function withoutCr(text: Uint8Array): Uint8Array | null {
  if (!text.includes(CR)) return null;
  return text.filter((byte, i) => byte !== CR || text[i + 1] !== LF);
}
