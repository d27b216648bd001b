import { isBlank, isBreak } from "./characters.ts";

/** A stretch of the text that is replaced. Edits of one text never overlap. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The text with all edits made. Edits at one place are made in the order of the list. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const sorted = [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
  const parts: string[] = [];
  let at = 0;
  for (const edit of sorted) {
    parts.push(text.slice(at, edit.start), edit.text);
    at = edit.end;
  }
  parts.push(text.slice(at));
  return parts.join("");
}

/** The start of the line that `at` is in. */
export function lineStart(text: string, at: number): number {
  let i = at;
  while (i > 0 && !isBreak(text.charCodeAt(i - 1))) i--;
  return i === 0 && text.charCodeAt(0) === 0xfeff ? 1 : i;
}

/** The offset before the blanks that end at `at`, on its line. */
export function beforeBlanks(text: string, at: number): number {
  const line = lineStart(text, at);
  let i = at;
  while (i > line && isBlank(text.charCodeAt(i - 1))) i--;
  return i;
}

/** The end of the line that `at` is in, before its line break. */
export function lineEnd(text: string, at: number): number {
  let i = at;
  while (i < text.length && !isBreak(text.charCodeAt(i))) i++;
  return i;
}

/** The offset after the line break at `at`; `at` where there is none. */
export function afterBreak(text: string, at: number): number {
  if (!isBreak(text.charCodeAt(at))) return at;
  return text.startsWith("\r\n", at) ? at + 2 : at + 1;
}

/** The offset before the line break that ends at `at`; `at` where there is none. */
export function beforeBreak(text: string, at: number): number {
  if (at === 0 || !isBreak(text.charCodeAt(at - 1))) return at;
  return text.slice(at - 2, at) === "\r\n" ? at - 2 : at - 1;
}
