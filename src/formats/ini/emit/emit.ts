import { SopsError } from "../../../core/base/errors.ts";
import type { EmitOptions } from "../../../core/model/format.ts";
import { formatTreePath } from "../../../core/model/path.ts";
import {
  type Entry,
  entry,
  map,
  type MapItem,
  type MapNode,
  type Node,
  type Scalar,
  type Tree,
} from "../../../core/model/tree.ts";
import { rawScalar, rawText, writeBytes } from "../../byte-text.ts";
import { flatten } from "../../flat.ts";
import { spellComment } from "../parse/comment.ts";
import { readValue } from "../parse/read-value.ts";
import { DEFAULT_SECTION } from "../parse/scan.ts";
import { spellKey } from "../hints/spell-key.ts";
import { canonicalValue, safeSpelling } from "../hints/spelling.ts";

/** The section that holds the metadata block (format.md 5.4). */
export const BLOCK = "sops";

/** A key of a section that is being written, texts as byte strings. */
interface KeyText {
  readonly key: string;
  value: string;
  comment: string;
}

interface SectionText {
  readonly name: string;
  comment: string;
  readonly keys: Map<string, KeyText>;
}

/** Throws EMIT for what an INI file cannot hold: a value outside a section, a container in one, a name. */
export function emitTree(tree: Tree, options?: EmitOptions): Uint8Array {
  return writeBytes(emitRaw(tree, options));
}

/** The same as a byte string. */
export function emitRaw(tree: Tree, options: EmitOptions = {}): string {
  return emitSections(sectionsOf(tree), options.exact);
}

/** Data that SOPS could not read back to the same MAC is refused too, and ALREADY_ENCRYPTED for the reserved section. */
export function emitSealedTree(tree: Tree, metadata: MapNode, options: EmitOptions = {}): Uint8Array {
  const sections = sectionsOf(tree);
  for (const item of tree.documents[0]?.entries ?? [])
    if (item.type === "entry") refuseUnreadable(item, options.exact === true);
  return writeBytes(emitSections([...sections, blockSection(metadata)], options.exact));
}

/** The metadata block as a section of its own. */
export function emitBlock(metadata: MapNode): string {
  return emitSections([blockSection(metadata)]);
}

/** Flat fields; line feeds are written as the pair `\n` (format.md 5.5). */
function blockSection(metadata: MapNode): SectionText {
  const fields = flatten(metadata).map(({ key, value }): Entry => {
    const text = rawScalar(value).replaceAll("\n", "\\n");
    return entry(key, { type: "leaf", value: { kind: "bytes", value: writeBytes(text) } });
  });
  return sectionOf(entry(BLOCK, map(fields)));
}

function sectionsOf(tree: Tree): SectionText[] {
  const items = tree.documents[0]?.entries ?? [];
  return items.flatMap((item) => (item.type === "entry" ? [sectionOf(item)] : []));
}

/** A section's first comment is its own; any other belongs to the key before it, and the last of several stays. */
function sectionOf({ key: name, value }: Entry): SectionText {
  if (value.type !== "map")
    throw cannotHold(
      [name],
      "there is a value outside of a section",
      "put it into a map, or choose yaml or json",
    );
  if (name === "" || /\n/.test(name))
    throw cannotHold([name], "a section needs a name of one line", "rename it");
  const [first, ...others] = value.entries;
  const comment = first?.type === "comment" ? rawText(first.text) : "";
  const section: SectionText = { name: rawText(name), comment, keys: new Map() };
  addItems(section, name, first?.type === "comment" ? others : value.entries);
  return section;
}

function addItems(section: SectionText, name: string, items: readonly MapItem[]): void {
  let last: KeyText | undefined;
  for (const item of items) {
    if (item.type === "comment") {
      if (last !== undefined) last.comment = rawText(item.text);
      continue;
    }
    const value = valueText(name, item);
    last = section.keys.get(item.key);
    if (last === undefined) {
      last = { key: item.key, value, comment: "" };
      section.keys.set(item.key, last);
    } else last.value = value;
  }
}

function valueText(section: string, { key, value }: Entry): string {
  if (value.type === "map" || value.type === "list")
    throw cannotHold(
      [section, key],
      `the value is a ${value.type}`,
      "an INI file has two levels: choose yaml or json",
    );
  if (value.type === "comment") return rawText(value.text);
  return rawScalar(value.type === "leaf" ? value.value : null);
}

function emitSections(sections: readonly SectionText[], exact = false): string {
  const parts: string[] = [];
  for (const [i, section] of sections.entries()) {
    if (section.comment !== "") parts.push(spellComment(section.comment, "section"), "\n");
    const bare = i === 0 && section.name === DEFAULT_SECTION;
    if (bare && section.keys.size === 0) continue;
    if (!bare) parts.push(`[${section.name}]\n`);
    emitKeys(parts, section, exact);
    if (i < sections.length - 1) parts.push("\n");
  }
  return parts.join("");
}

function emitKeys(parts: string[], section: SectionText, exact: boolean): void {
  let count = 1;
  const names = [...section.keys.values()].map(({ key }) => {
    // What SOPS read from a line `- = v` is written so again; its own `#1 = v` would be a comment.
    if (key !== `#${String(count)}`) return keyText(section.name, key);
    count++;
    return "-";
  });
  const width = names.reduce((most, name) => Math.max(most, name.length), 0);
  let i = 0;
  for (const { value, comment } of section.keys.values()) {
    if (comment !== "") parts.push(spellComment(comment, "key"), "\n");
    parts.push((names[i++] ?? "").padEnd(width), " = ", spell(value, exact), "\n");
  }
}

/** SOPS spells each value alike, whether that reads back or not. */
function spell(value: string, exact: boolean): string {
  return (exact ? safeSpelling(value) : null) ?? canonicalValue(value);
}

function keyText(section: string, key: string): string {
  const spelled = spellKey(rawText(key));
  if (spelled !== null) return spelled;
  throw cannotHold([section, key], "the key would read back as something else", "rename the key");
}

function refuseUnreadable({ key: name, value: section }: Entry, exact: boolean): void {
  if (name === BLOCK)
    throw new SopsError("ALREADY_ENCRYPTED", "the section [sops] is reserved for the metadata", {
      hint: "rename the section, or decrypt the file first if it is encrypted",
    });
  if (section.type !== "map") return;
  for (const item of section.entries)
    if (item.type === "entry") refuseUnreadableValue(name, item.key, item.value, exact);
}

function refuseUnreadableValue(section: string, key: string, node: Entry["value"], exact: boolean): void {
  if (node.type === "null")
    throw cannotHold(
      [section, key],
      "the value is null, which sops cannot decrypt again",
      "make it an empty string",
    );
  if (node.type !== "leaf") return;
  const raw = rawScalar(node.value);
  if (readValue(`${spell(raw, exact)}\n`, 0)?.value !== raw)
    throw cannotHold(
      [section, key],
      "a clear text value would read back as something else",
      "encrypt this value",
    );
}

/** What SOPS prints for one node: a map as a file, all else as JSON. */
export function emitOne(node: Node): Uint8Array {
  if (node.type === "map") return emitTree({ documents: [node] });
  if (node.type === "leaf" && (node.value.kind === "str" || node.value.kind === "bytes"))
    return writeBytes(rawScalar(node.value));
  return writeBytes(rawText(jsonOf(node)));
}

function jsonOf(node: Node): string {
  if (node.type === "null") return "null";
  if (node.type === "leaf") return jsonScalar(node.value);
  if (node.type === "list")
    return `[${node.items.flatMap((i) => (i.type === "comment" ? [] : [jsonOf(i)])).join(",")}]`;
  throw cannotHold([], "the value is a list of maps", "choose yaml or json");
}

function jsonScalar(value: Scalar): string {
  if (value.kind === "float" && !Number.isFinite(value.value))
    throw cannotHold([], "the value is a float that JSON cannot hold", "choose yaml");
  if (value.kind === "float") return Object.is(value.value, -0) ? "-0" : String(value.value);
  if (value.kind === "int" || value.kind === "bool") return String(value.value);
  const text = value.kind === "bytes" ? new TextDecoder().decode(value.value) : value.value;
  return JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function cannotHold(path: readonly string[], why: string, hint: string): SopsError {
  return new SopsError("EMIT", `cannot write this as an INI file: ${why}`, {
    hint,
    place: { path: formatTreePath(path) },
  });
}
