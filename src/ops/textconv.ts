import { toHex, utf8 } from "../core/base/bytes.ts";
import type { Format, Site } from "../core/model/format.ts";
import { silentHost, stillHost } from "../core/ports/host.ts";
import { NO_PRESENTATION } from "../core/file/presentation.ts";
import { DEFAULT_SELECTOR, compileSelection } from "../core/model/selection.ts";
import type { Scalar } from "../core/model/tree.ts";
import { isEncText } from "../core/model/enc-text.ts";
import { walk } from "../core/model/walk.ts";
import { portableProviders } from "../providers/portable.ts";
import type { OpsContext } from "./context.ts";
import { openFile, printed, readSealedMetadata } from "./open.ts";

/** Hex digits of a ciphertext digest: enough to see that a value changed. */
const DIGEST_DIGITS = 10;

/** The keys that may be used: those that stand in files and variables here, or all that need no question. */
export type Reach = "here" | "everywhere";

/**
 * What `git diff` shows of a file: its plain text where a key is at hand, else its names with a short digest of each
 * ciphertext, so that one sees which values changed. Git calls it for whatever files a branch brings along, so that no
 * file may choose whom we call or what we run: "here". Never asks anything, never fails: on trouble, the bytes themselves.
 */
export async function textconv(
  bytes: Uint8Array,
  format: Format,
  reach: Reach,
  ctx: OpsContext,
): Promise<Uint8Array> {
  const world = within(reach, ctx);
  try {
    const { document } = await openFile(bytes, format, { ignoreMac: true }, world);
    return printed(document, world);
  } catch {
    return withDigests(bytes, format, ctx).catch(() => bytes);
  }
}

function within(reach: Reach, ctx: OpsContext): OpsContext {
  if (reach === "everywhere") return { ...ctx, host: silentHost(ctx.host) };
  return { ...ctx, host: stillHost(ctx.host), providers: portableProviders(), services: [] };
}

async function withDigests(bytes: Uint8Array, format: Format, ctx: OpsContext): Promise<Uint8Array> {
  const source = format.parseSealed(bytes);
  const selector = readSealedMetadata(source).selector ?? DEFAULT_SELECTOR;
  const sites = new Map<Site, Scalar | string>();
  walk(source.tree, await compileSelection(selector, "open"), {
    leaf(leaf) {
      if (leaf.value.kind !== "str" || !isEncText(leaf.value.value)) return;
      sites.set(leaf, { kind: "str", value: digestOf(leaf.value.value, ctx) });
    },
    comment(comment) {
      if (isEncText(comment.text)) sites.set(comment, ` ${digestOf(comment.text, ctx)}`);
    },
  });
  return source.open(sites, NO_PRESENTATION);
}

function digestOf(text: string, ctx: OpsContext): string {
  const hash = ctx.runtime.sha512();
  hash.update(utf8(text));
  return `encrypted:${toHex(hash.digest()).slice(0, DIGEST_DIGITS)}`;
}
