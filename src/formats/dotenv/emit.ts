import { SopsError } from "../../core/base/errors.ts";
import { formatTreePath } from "../../core/model/path.ts";
import type { Entry, MapItem, MapNode, Node, Scalar, Tree } from "../../core/model/tree.ts";
import { rawScalar, rawText, writeBytes } from "../byte-text.ts";
import { flatten } from "../flat.ts";
import { PREFIX } from "./lines.ts";

/** A value on its line: LF is written as the pair `\n`; null is what SOPS prints for nil. */
export function spellValue(value: Scalar | null): string {
  const raw = rawScalar(value);
  return raw.includes("\n") ? raw.replaceAll("\n", "\\n") : raw;
}

/** Throws EMIT for what a line cannot hold: a container, and a key that would read back as something else. */
export function emitTree(tree: Tree): Uint8Array {
  return writeBytes(emitItems(itemsOf(tree)));
}

/** Data that SOPS could not read back to the same MAC is refused too, and ALREADY_ENCRYPTED for a reserved key. */
export function emitSealedTree(tree: Tree, metadata: MapNode): Uint8Array {
  const items = itemsOf(tree);
  for (const item of items) if (item.type === "entry") refuseUnreadable(item);
  return writeBytes(emitItems(items) + emitBlock(metadata));
}

/** The metadata block as `sops_` lines. */
export function emitBlock(metadata: MapNode): string {
  return flatten(metadata)
    .map(({ key, value }) => `${PREFIX}${rawText(key)}=${spellValue(value)}\n`)
    .join("");
}

/** SOPS prints a string as it is, a map as a file; for all else it has no text. */
export function emitOne(node: Node): Uint8Array {
  if (node.type === "map") return emitTree({ documents: [node] });
  if (node.type === "leaf" && (node.value.kind === "str" || node.value.kind === "bytes"))
    return writeBytes(rawScalar(node.value));
  throw new SopsError("EMIT", "the .env format can print single values only where they are strings", {
    hint: "give --output-type json or yaml",
  });
}

function itemsOf(tree: Tree): readonly MapItem[] {
  return tree.documents[0]?.entries ?? [];
}

function emitItems(items: readonly MapItem[]): string {
  const lines: string[] = [];
  for (const item of items) lines.push(item.type === "comment" ? emitComment(item.text) : emitEntry(item));
  return lines.join("");
}

function emitComment(text: string): string {
  return `#${rawText(text).replaceAll("\n", "\n#")}\n`;
}

function emitEntry(item: Entry): string {
  const { key, value } = item;
  if (!isKey(key)) throw cannotHold(key, "the key would read back as something else", "rename the key");
  if (value.type === "map" || value.type === "list")
    throw cannotHold(key, `the value is a ${value.type}`, "a .env file is flat: choose yaml or json");
  if (value.type === "comment") return emitEntry({ ...item, value: commentLeaf(value.text) });
  return `${rawText(key)}=${spellValue(value.type === "leaf" ? value.value : null)}\n`;
}

const commentLeaf = (value: string): Node => ({ type: "leaf", value: { kind: "str", value } });

/** Whether a line that starts with this key reads back as this key. */
export function isKey(key: string): boolean {
  return !key.startsWith("#") && !/[=\n]/.test(key);
}

function refuseUnreadable({ key, value }: Entry): void {
  if (key.startsWith(PREFIX))
    throw new SopsError(
      "ALREADY_ENCRYPTED",
      `the key ${key} starts with sops_, which is reserved for the metadata`,
      {
        hint: "rename the key, or decrypt the file first if it is encrypted",
      },
    );
  if (value.type === "null")
    throw cannotHold(key, "the value is null, which sops cannot decrypt again", "make it an empty string");
  if (value.type === "leaf" && value.value.kind === "str" && value.value.value.includes("\\n"))
    throw cannotHold(
      key,
      "a clear text value holds a backslash and n",
      "encrypt this value, or choose yaml or json",
    );
}

function cannotHold(key: string, why: string, hint: string): SopsError {
  return new SopsError("EMIT", `cannot write this as a .env file: ${why}`, {
    hint,
    place: { path: formatTreePath([key]) },
  });
}
