import { type Entry, entry, map, type Node, type Scalar } from "../../../core/model/tree.ts";
import { nameText, rawScalar, rawText, writeBytes } from "../../byte-text.ts";
import { applyEdits, type Edit } from "../../edits.ts";
import { BLOCK, emitRaw } from "../emit/emit.ts";
import type { IniKey, IniSection, KeyLine, Scanned } from "../parse/scan.ts";
import { spellKey } from "../hints/spell-key.ts";
import { safeSpelling } from "../hints/spelling.ts";

type Path = readonly (string | number)[];

/*
 * What is not spliced here is printed anew, and then all that is in nobody's tree is gone: the values of overridden
 * lines, comments at the end (lost.ts). So a splice has to be found for all that people do.
 */

/** The text with one key set: its value is changed, or a line added to its section; or with a whole section. */
export function setKey(text: string, scanned: Scanned, path: Path, node: Node): Uint8Array | null {
  const [name, key] = path;
  if (typeof name !== "string") return null;
  const section = findSection(scanned, name);
  if (path.length === 1) return setSection(text, scanned, section, name, node);
  if (path.length !== 2 || typeof key !== "string" || section === undefined) return null;
  if (node.type !== "leaf" && node.type !== "null") return null;
  return setValue(text, section, key, node.type === "leaf" ? node.value : null);
}

function setValue(text: string, section: IniSection, key: string, value: Scalar | null): Uint8Array | null {
  const raw = rawScalar(value);
  const spelled = safeSpelling(raw);
  if (spelled === null) return null;
  const known = findKey(section, key);
  if (known === undefined) return addLine(text, section, key, spelled);
  const line = known.lines.at(-1) ?? known.lines[0];
  const { body } = line;
  const respelled = { ...body, text: gapBefore(text, body.start) + spelled };
  return writeBytes(applyEdits(text, [respelled, ...commentToItsOwnLine(text, line, spelled)]));
}

/** Behind a value in quotes SOPS reads no comment, so it comes to stand above the line. */
function commentToItsOwnLine(text: string, { at, body, comment }: KeyLine, spelled: string): Edit[] {
  const inline = comment?.inline ?? null;
  if (inline === null || !/^[`"']/.test(spelled)) return [];
  const indent = /^[ \t]*/.exec(text.slice(at, body.start))?.[0] ?? "";
  const moved = text.slice(inline.start, inline.end).trimStart();
  const end = text.startsWith("\r\n", inline.end) ? "\r\n" : "\n";
  return [
    { start: at, end: at, text: indent + moved + end },
    { ...inline, text: "" },
  ];
}

/** `key=` stays tight; `key =` gets the space that it lacks before a value. */
function gapBefore(text: string, at: number): string {
  return /[ \t][=:]/.test(text.slice(at - 2, at)) ? " " : "";
}

function findSection({ sections }: Scanned, name: string): IniSection | undefined {
  return sections.find((section) => nameText(section.name) === name);
}

function findKey({ keys }: IniSection, key: string): IniKey | undefined {
  return keys.get(rawText(key));
}

/** A new line after the section's last key, else after its header. */
function addLine(text: string, section: IniSection, key: string, spelled: string): Uint8Array | null {
  const name = spellKey(rawText(key));
  if (name === null || name === "-") return null;
  const { header, keys, start } = section;
  const ends = [...keys.values()].flatMap(({ lines }) => lines.map((line) => line.next));
  const at = ends.reduce((most, end) => Math.max(most, end), header?.next ?? start);
  const line = `${name} = ${spelled}`;
  const open = at > start && text[at - 1] !== "\n";
  // A value that ends in a backslash goes on in the next line: only an empty one ends it.
  const before = /\\\r?\n?$/.test(text.slice(start, at)) ? "\n" : "";
  return writeBytes(text.slice(0, at) + before + (open ? `\n${line}` : `${line}\n`) + text.slice(at));
}

/** A section in the place of the old one, or after the last, before comments that stand at the end of the file. */
function setSection(
  text: string,
  { tail }: Scanned,
  old: IniSection | undefined,
  name: string,
  node: Node,
): Uint8Array | null {
  if (node.type !== "map" || name === BLOCK || node.entries.some((item) => !isScalarEntry(item))) return null;
  const section = emitRaw({ documents: [map([entry(name, node)])] }, { exact: true });
  const before = text.slice(0, old?.start ?? tail);
  const after = text.slice(Math.min(old?.end ?? tail, tail));
  const gap = before === "" || /\n\r?\n$/.test(before) ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  return writeBytes(before + gap + section + (after === "" ? "" : "\n") + after);
}

const isScalarEntry = (item: Entry | { readonly type: "comment" }): boolean =>
  item.type === "entry" && (item.value.type === "leaf" || item.value.type === "null");

/** The text without one key or one section, and without the comments on it. */
export function unsetKey(text: string, scanned: Scanned, path: Path): Uint8Array | null {
  const [name, key] = path;
  const section = typeof name === "string" ? findSection(scanned, name) : undefined;
  if (section === undefined) return null;
  if (path.length === 1) return writeBytes(withoutSection(text, scanned, section));
  const found = path.length === 2 && typeof key === "string" ? findKey(section, key) : undefined;
  if (found === undefined) return null;
  return writeBytes(
    applyEdits(
      text,
      found.lines.map((line) => ({ start: line.from, end: line.next, text: "" })),
    ),
  );
}

function withoutSection(text: string, { tail }: Scanned, { start, end }: IniSection): string {
  return text.slice(0, start) + text.slice(Math.min(end, tail));
}
