import type { Entry, MapItem, Node } from "../../core/model/tree.ts";
import { rawText, writeBytes } from "../byte-text.ts";
import { isKey, spellValue } from "./emit.ts";
import { PREFIX } from "./lines.ts";

type Path = readonly (string | number)[];

/** The text with one value set: the first line of that key is changed, or a line added at the end. */
export function setLine(text: string, items: readonly MapItem[], path: Path, value: Node): Uint8Array | null {
  const key = keyOf(path);
  if (key === null || (value.type !== "leaf" && value.type !== "null")) return null;
  const spelled = spellValue(value.type === "leaf" ? value.value : null);
  const span = findEntry(items, key)?.value.span;
  if (span !== undefined) return writeBytes(text.slice(0, span.start) + spelled + text.slice(span.end));
  if (!isKey(key) || key.startsWith(PREFIX)) return null;
  return writeBytes(appendLine(text, `${rawText(key)}=${spelled}`));
}

/** A new last line; the file ends with LF, or not, as before. */
function appendLine(text: string, line: string): string {
  return text === "" || text.endsWith("\n") ? `${text}${line}\n` : `${text}\n${line}`;
}

/** The text without the first line of a key. */
export function unsetLine(text: string, items: readonly MapItem[], path: Path): Uint8Array | null {
  const key = keyOf(path);
  const span = key === null ? undefined : findEntry(items, key)?.value.span;
  if (span === undefined) return null;
  const start = text.lastIndexOf("\n", span.start - 1) + 1;
  return writeBytes(text.slice(0, start) + text.slice(span.end + 1));
}

function keyOf(path: Path): string | null {
  const [key] = path;
  return path.length === 1 && typeof key === "string" ? key : null;
}

function findEntry(items: readonly MapItem[], key: string): Entry | undefined {
  return items.find((item): item is Entry => item.type === "entry" && item.key === key);
}
