import { hexValue, isBlank, isBlankOrEnd, isDigit, isWord, isBreakOrEnd, HASH } from "./characters.ts";
import type { Cursor, Mark } from "./cursor.ts";
import { token, type Token } from "./token.ts";

/** Anchors, tags and directives: the tokens that describe a node or a document. */

const AFTER_NAME = new Set("?:,]}%@`");

/** `&name` or `*name`. go-yaml's names are letters, digits, `_` and `-`. */
export function scanAnchor(cursor: Cursor): Token {
  const start = cursor.mark();
  const type = cursor.peek() === 0x2a ? "alias" : "anchor";
  cursor.skip();
  const from = cursor.index;
  while (isWord(cursor.peek())) cursor.skip();
  const after = cursor.peek();
  if (cursor.index === from || !(isBlankOrEnd(after) || AFTER_NAME.has(String.fromCharCode(after))))
    cursor.fail(`an ${type} name that is not made of letters, digits, - and _`, start);
  return token(type, start, cursor.index, cursor.text.slice(from, cursor.index));
}

/** `!`, `!suffix`, `!handle!suffix` or `!<uri>`. Value: the handle; suffix: the rest. */
export function scanTag(cursor: Cursor): Token {
  const start = cursor.mark();
  let handle = "";
  let suffix: string;
  if (cursor.peek(1) === 0x3c) {
    cursor.skip();
    cursor.skip();
    suffix = scanUri(cursor, "", start);
    if (cursor.peek() !== 0x3e) cursor.fail("a tag without its closing >", start);
    cursor.skip();
  } else {
    handle = scanHandle(cursor, start);
    if (handle.length > 1 && handle.endsWith("!")) suffix = scanUri(cursor, "", start);
    else {
      suffix = scanUri(cursor, handle, start);
      handle = "!";
      if (suffix === "") [handle, suffix] = ["", "!"];
    }
  }
  if (!isBlankOrEnd(cursor.peek())) cursor.fail("a tag that is not followed by white space", start);
  return token("tag", start, cursor.index, handle, suffix);
}

function scanHandle(cursor: Cursor, start: Mark, directive = false): string {
  if (cursor.peek() !== 0x21) cursor.fail("a tag handle that does not start with !", start);
  const from = cursor.index;
  cursor.skip();
  while (isWord(cursor.peek())) cursor.skip();
  if (cursor.peek() === 0x21) cursor.skip();
  else if (directive && cursor.index > from + 1) cursor.fail("a tag handle that does not end with !", start);
  return cursor.text.slice(from, cursor.index);
}

const URI_MARKS = new Set(";/?:@&=+$,.!~*'()[]%");

/** `head` was read as a handle and is part of the tag after all; its `!` is not. */
function scanUri(cursor: Cursor, head: string, start: Mark): string {
  let text = head.slice(1);
  const from = cursor.index;
  for (let c = cursor.peek(); isWord(c) || URI_MARKS.has(String.fromCharCode(c)); c = cursor.peek()) {
    if (c === 0x25) text += scanUriEscape(cursor, start);
    else {
      text += String.fromCharCode(c);
      cursor.skip();
    }
  }
  if (head === "" && cursor.index === from) cursor.fail("an empty tag", start);
  return text;
}

/** One character as percent-escaped UTF-8. */
function scanUriEscape(cursor: Cursor, start: Mark): string {
  const bytes: number[] = [];
  let width = 1;
  while (bytes.length < width) {
    const high = hexValue(cursor.peek(1));
    const low = hexValue(cursor.peek(2));
    if (cursor.peek() !== 0x25 || high < 0 || low < 0) cursor.fail("a broken % escape in a tag", start);
    const byte = high * 16 + low;
    if (bytes.length === 0) width = byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    bytes.push(byte);
    for (let i = 0; i < 3; i++) cursor.skip();
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

/** `%YAML 1.1` (value: the version) or `%TAG !h! prefix` (value: the handle). Takes the whole line. */
export function scanDirective(cursor: Cursor): Token {
  const start = cursor.mark();
  cursor.skip();
  const from = cursor.index;
  while (isWord(cursor.peek())) cursor.skip();
  const name = cursor.text.slice(from, cursor.index);
  if (!isBlankOrEnd(cursor.peek()) || (name !== "YAML" && name !== "TAG"))
    cursor.fail("an unknown directive", start);
  cursor.skipBlanks();
  const made = name === "YAML" ? scanVersion(cursor, start) : scanTagDirective(cursor, start);
  cursor.skipBlanks();
  if (cursor.peek() === HASH) cursor.skipToLineEnd();
  if (!isBreakOrEnd(cursor.peek())) cursor.fail("neither comment nor line end after a directive", start);
  cursor.readBreak();
  return made;
}

function scanVersion(cursor: Cursor, start: Mark): Token {
  const from = cursor.index;
  const number = (): void => {
    const first = cursor.index;
    while (isDigit(cursor.peek())) cursor.skip();
    if (cursor.index === first || cursor.index > first + 2)
      cursor.fail("a %YAML directive without a version", start);
  };
  number();
  if (cursor.peek() !== 0x2e) cursor.fail("a %YAML directive without a version", start);
  cursor.skip();
  number();
  return token("yaml-directive", start, cursor.index, cursor.text.slice(from, cursor.index));
}

function scanTagDirective(cursor: Cursor, start: Mark): Token {
  const handle = scanHandle(cursor, start, true);
  if (!isBlank(cursor.peek())) cursor.fail("a %TAG directive without a prefix", start);
  cursor.skipBlanks();
  const prefix = scanUri(cursor, "", start);
  if (!isBlankOrEnd(cursor.peek())) cursor.fail("a %TAG directive with a broken prefix", start);
  return token("tag-directive", start, cursor.index, handle, prefix);
}
