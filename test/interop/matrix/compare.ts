import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fromUtf8, toByteString } from "../../../src/core/base/bytes.ts";
import type { FormatName } from "../../../src/core/model/format.ts";
import type { Comment, Node } from "../../../src/core/model/tree.ts";
import { DEFAULT_SELECTOR } from "../../../src/core/model/selection.ts";
import { isEncText } from "../../../src/core/model/enc-text.ts";
import { loadFormat } from "../../../src/formats/index.ts";
import { readSealedMetadata } from "../../../src/ops/open.ts";
import { nodeProviders } from "../../../src/providers/index.ts";
import { enc } from "../../support/cli.ts";
import { requirePart } from "../../support/parts.ts";
import { runSops } from "../../support/real-sops.ts";

/** The environment in which what either wrote is opened: all keys, and none of the case's own variables. */
export interface Judge {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * How two outputs differ; null: not at all. The same bytes are the same. Two sealed texts are when their metadata say the
 * same, the same values are sealed, as the same types, and each program opens the other's to one text.
 */
export async function difference(theirs: Uint8Array, ours: Uint8Array, judge: Judge): Promise<string | null> {
  const [a, b] = [toByteString(theirs), toByteString(ours)];
  if (a === b) return null;
  const type = sealedType(a);
  if (type === null || !mayBe(type, sealedType(b)))
    return `sops ${JSON.stringify(a)}\n enc ${JSON.stringify(b)}`;
  const [left, right] = [await describe(theirs, type), await describe(ours, type)];
  if (left !== right) return `sops ${left}\n enc ${right}`;
  return openedDifference(theirs, ours, type, judge);
}

const mayBe = (type: FormatName, other: FormatName | null): boolean =>
  other === type || (type === "yaml" && other === "json");

async function openedDifference(
  theirs: Uint8Array,
  ours: Uint8Array,
  type: FormatName,
  judge: Judge,
): Promise<string | null> {
  const argv = ["decrypt", "--input-type", type, "--output-type", type];
  const file = join(judge.cwd, "ours");
  writeFileSync(file, ours);
  const bySops = await runSops([...argv, file], {
    ...judge,
    env: { ...judge.env },
    program: requirePart("sops"),
  });
  if (bySops.code !== 0) return `sops cannot open what enc wrote: ${bySops.stderr}`;
  writeFileSync(join(judge.cwd, "theirs"), theirs);
  const byEnc = await enc([...argv, join(judge.cwd, "theirs")], judge);
  if (byEnc.code !== 0) return `enc cannot open what sops wrote: ${byEnc.stderr}`;
  const [a, b] = [toByteString(byEnc.stdout), toByteString(bySops.stdout)];
  return a === b ? null : `opened: sops' ${JSON.stringify(a)}\n enc's ${JSON.stringify(b)}`;
}

/** The format of a sealed text; null: it is none. A sealed binary file is JSON. */
function sealedType(text: string): FormatName | null {
  // YAML of which all is in flow style reads as JSON too; SOPS prints it as a block.
  if (/^\{[^]*"sops": ?\{/.test(text)) return "json";
  if (/^sops_version=/m.test(text)) return "dotenv";
  if (/^\[sops\]$/m.test(text)) return "ini";
  return /^sops:$/m.test(text) ? "yaml" : null;
}

/** What a sealed text says without a key: its keys, its settings, and which values are sealed, by type. */
async function describe(bytes: Uint8Array, type: FormatName): Promise<string> {
  const source = (await loadFormat(type)).parseSealed(bytes);
  const metadata = readSealedMetadata(source);
  const providers = nodeProviders();
  await providers.load();
  const groups = metadata.groups.map(({ keys }) =>
    keys.map((key) => `${key.type} ${providers.get(key.type)?.identity(key) ?? "?"}`),
  );
  // SOPS writes the default out when it rewrites a file that names no selector.
  const { shamirThreshold, macOnlyEncrypted, selector = DEFAULT_SELECTOR, version } = metadata;
  const settings = { groups, shamirThreshold, macOnlyEncrypted, selector, version };
  return JSON.stringify({ ...settings, documents: source.tree.documents.map(shapeOf) });
}

/** A comment of a list may be an item, as SOPS writes it, or a comment. */
function listShape(items: readonly (Node | Comment)[]): unknown {
  const shapes = items.filter((item) => item.type !== "comment").map(shapeOf);
  return { list: shapes.filter((shape) => shape !== "ENC comment") };
}

function shapeOf(node: Node | Comment): unknown {
  if (node.type === "map")
    return node.entries.flatMap((e) => (e.type === "entry" ? [[e.key, shapeOf(e.value)]] : []));
  if (node.type === "list") return listShape(node.items);
  if (node.type !== "leaf") return node.type;
  const { value } = node.value;
  const text = value instanceof Uint8Array ? fromUtf8(value) : String(value);
  return isEncText(text) ? `ENC ${/type:(\w+)\]\s*$/.exec(text)?.[1] ?? "?"}` : { clear: text };
}
