import { equalBytes } from "../core/base/bytes.ts";
import { DATA_KEY_BYTES, wrapDataKey } from "../core/keys/data-key.ts";
import { SOPS_VERSION, unlock, type Unlocked } from "../core/file/document.ts";
import { SopsError } from "../core/base/errors.ts";
import type { Format, PlainSource } from "../core/model/format.ts";
import type { SealedMemory } from "../core/file/ciphertext-reuse.ts";
import type { Metadata } from "../core/file/metadata.ts";
import { sealDocument } from "../core/file/seal-document.ts";
import { DEFAULT_SELECTOR, type Selection, type Selector } from "../core/model/selection.ts";
import type { Tree } from "../core/model/tree.ts";
import { walk } from "../core/model/walk.ts";
import type { Formats, OpenSettings, OpsContext, SealSettings } from "./context.ts";
import { warnOfLoneGroup } from "./lone-group.ts";
import { guardDepth, openFile, printed } from "./open.ts";

/** Seals a plain text under a new data key. Throws before anything is returned; no partial result. */
export async function encrypt(
  plain: Uint8Array,
  formats: Formats,
  settings: SealSettings,
  ctx: OpsContext,
): Promise<Uint8Array> {
  const source = guardDepth(() => formats.input.parsePlain(plain));
  const file = await newFile(formats.input, settings, ctx);
  guardDepth(() => refuseEmptySelection(source.tree, file.selection, settings.selector));
  await ctx.audit?.("encrypt");
  return guardDepth(() => sealPlain(source, file, plain, formats));
}

export function sealPlain(
  source: PlainSource,
  file: Unlocked,
  plain: Uint8Array,
  { input, output, indent }: Formats,
  memory?: SealedMemory,
): Uint8Array {
  return sealDocument(input, source, file, { plain, memory, output, indent });
}

/** A new data key, wrapped for the settings' keys, and the metadata of a file that does not exist yet. */
export async function newFile(format: Format, settings: SealSettings, ctx: OpsContext): Promise<Unlocked> {
  const binary = format.name === "binary";
  const selector = binary ? undefined : (settings.selector ?? DEFAULT_SELECTOR);
  warnOfLoneGroup(settings.groups, settings.shamirThreshold, ctx);
  const dataKey = ctx.runtime.randomBytes(DATA_KEY_BYTES);
  const wrapped = await wrapDataKey(dataKey, settings.groups, settings.shamirThreshold, ctx);
  const metadata: Metadata = {
    groups: wrapped.groups,
    shamirThreshold: wrapped.shamirThreshold,
    lastModified: "",
    mac: "",
    macOnlyEncrypted: settings.macOnlyEncrypted && !binary,
    selector,
    version: SOPS_VERSION,
    presentation: "",
  };
  return unlock(metadata, dataKey, ctx.runtime, "seal", binary);
}

/**
 * A selector that names what to encrypt and matches nothing would leave every secret in clear text.
 * SOPS writes such a file; here it is an error (docs/compat.md).
 */
export function refuseEmptySelection(tree: Tree, selection: Selection, selector: Selector | undefined): void {
  if (selector?.name.startsWith("encrypted_") !== true) return;
  const { selected, clear } = countSelected(tree, selection);
  if (selected > 0 || clear === 0) return;
  throw new SopsError(
    "SELECTED_NOTHING",
    `${selector.name} "${selector.pattern}" matches no value of the file`,
    {
      hint: "nothing would be encrypted: correct the selector, or leave the file in clear text",
    },
  );
}

function countSelected(tree: Tree, selection: Selection): { selected: number; clear: number } {
  const counts = { selected: 0, clear: 0 };
  walk(tree, selection, {
    leaf(_, visit) {
      if (visit.selected) counts.selected++;
      else counts.clear++;
    },
    comment: () => undefined,
  });
  return counts;
}

/**
 * Seals a plain text onto an existing sealed file: same keys, same data key, every unchanged ciphertext kept. Whoever ever
 * had that data key can read what is new.
 * Answers the existing bytes themselves where the plain text is unchanged.
 */
export async function sealOnto(
  plain: Uint8Array,
  existing: Uint8Array,
  format: Format,
  settings: OpenSettings,
  ctx: OpsContext,
): Promise<Uint8Array> {
  const opened = await openFile(existing, format, settings, ctx, true);
  if (equalBytes(printed(opened.document, ctx), plain)) return existing;
  const source = guardDepth(() => format.parsePlain(plain));
  await ctx.audit?.("encrypt");
  return guardDepth(() =>
    sealPlain(source, opened.file, plain, { input: format, output: format }, opened.document.memory),
  );
}
