import type { Edit } from "../../edits.ts";
import { lineEnd, lineStart } from "../parse/lines.ts";

/** A comment on one line, and where it ends. */
export interface CommentBehind {
  readonly comment: string;
  readonly end: number;
}

/** A comment on the rest of the line. */
export function commentBehind(text: string, at: number): CommentBehind | null {
  const end = lineEnd(text, at);
  const comment = /^[ \t]*(#.*)$/.exec(text.slice(at, end))?.[1];
  return comment === undefined ? null : { comment, end };
}

/** The comment behind a key and its colon, above its value. `at`: the end of the key; `end`: that of the value. */
export function commentBehindKey(text: string, at: number, end: number): CommentBehind | null {
  const colon = /^[ \t]*:/.exec(text.slice(at, end))?.[0];
  const found = colon === undefined ? null : commentBehind(text, at + colon.length);
  return found === null || found.end >= end ? null : found;
}

/** As many places among comments as are tried: each try reads the whole text. */
const MOST_COMMENTS = 16;

/**
 * Line starts from `at` on where something may stand below what is before: at once, and where the comments that follow
 * change their column or end. Between two of one column it would stand as well as below both.
 */
export function placesBelow(text: string, at: number): number[] {
  const places: number[] = [];
  let column: number | undefined;
  let below = at;
  for (let line = at; line < text.length; line = nextLine(text, line)) {
    const found = /^([ \t]*)(#|$)/.exec(text.slice(line, lineEnd(text, line)));
    if (found === null) break;
    if (found[2] === "") continue;
    const lead = found[1]?.length;
    if (lead !== column) places.push(below);
    column = lead;
    below = nextLine(text, line);
  }
  return [...places.slice(0, 1), ...places.slice(1).slice(-MOST_COMMENTS), below];
}

/** Each edit, then the same with the comment lines below it: those that belong to what is removed go with it. */
export function* withCommentsBelow(text: string, edits: Iterable<Edit>): Generator<Edit> {
  for (const edit of edits) {
    yield edit;
    const wholeLines = lineStart(text, edit.end) === edit.end;
    let at = wholeLines ? edit.end : nextLine(text, edit.end);
    for (let i = 0; i < MOST_COMMENTS; i++) {
      const end = lineEnd(text, at);
      if (at >= text.length || !/^[ \t]*(?:#|$)/.test(text.slice(at, end))) break;
      at = nextLine(text, at);
      yield { ...edit, end: wholeLines ? at : end };
    }
  }
}

export function nextLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end + 1;
}
