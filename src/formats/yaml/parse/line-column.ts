import type { Place } from "../../../core/base/errors.ts";
import { isBreak } from "./characters.ts";

/** Line and column of an offset, counted the slow way: for errors only. */
export function placeOf(text: string, offset: number): Place {
  let line = 1;
  let lineStart = 0;
  for (let i = 0; i < offset; i++) {
    const c = text.charCodeAt(i);
    if (!isBreak(c) || (c === 0x0d && text.charCodeAt(i + 1) === 0x0a)) continue;
    line++;
    lineStart = i + 1;
  }
  const bom = lineStart === 0 && text.charCodeAt(0) === 0xfeff ? 1 : 0;
  return { line, column: offset - lineStart - bom + 1 };
}
