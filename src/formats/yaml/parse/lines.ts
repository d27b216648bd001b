import { CR, isBlank, isBreak, LF } from "./characters.ts";

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

/** Line ends as they stand in a text: the first one decides. */
export function lineEndOf(text: string): string {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === LF) return "\n";
    if (c === CR) return text.charCodeAt(i + 1) === LF ? "\r\n" : "\r";
  }
  return "\n";
}
