import type { Comment, MapItem, Node, Scalar } from "../../../core/model/tree.ts";
import type { SealedText, Site } from "../../../core/model/format.ts";
import { isUtf8, looseBytes } from "../../../core/base/loose-text.ts";
import { doubleQuoted, typedText, withPoint } from "./scalar-text.ts";

/** A value as it may stand inside `[...]` and `{...}`, and anywhere else on one line. */
export function flowScalar(value: Scalar): string {
  if (value.kind === "str") return doubleQuoted(value.value, false);
  const text = typedText(value);
  if (value.kind === "bytes") return `!!binary "${text}"`;
  return value.kind === "float" ? withPoint(text) : text;
}

/** A node as one line of flow YAML, in JSON's manner; sealed leaves by their ENC text. Comments are left out. */
export function flowText(node: Node | Comment, sites: ReadonlyMap<Site, SealedText>): string {
  if (node.type === "map") return `{${flowEntries(node.entries, sites)}}`;
  if (node.type === "list") {
    const items = node.items.filter((item) => item.type !== "comment");
    return `[${items.map((item) => flowText(item, sites)).join(", ")}]`;
  }
  if (node.type !== "leaf") return "null";
  const sealed = sites.get(node)?.text ?? "";
  return sealed === "" ? flowScalar(node.value) : doubleQuoted(sealed, false);
}

function flowEntries(entries: readonly MapItem[], sites: ReadonlyMap<Site, SealedText>): string {
  return entries
    .flatMap((e) => (e.type === "comment" ? [] : [`${flowKey(e.key)}: ${flowText(e.value, sites)}`]))
    .join(", ");
}

/** A key on one line, whatever its bytes. */
export function flowKey(key: string): string {
  return isUtf8(key) ? doubleQuoted(key, false) : flowScalar({ kind: "bytes", value: looseBytes(key) });
}
