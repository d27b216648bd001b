import { toBase64 } from "../../../core/base/base64.ts";
import { utf8 } from "../../../core/base/bytes.ts";
import { isUtf8, looseBytes } from "../../../core/base/loose-text.ts";
import type { Node, Scalar } from "../../../core/model/tree.ts";
import { HASH, isBlank, isBreak, isPrintable, SPACE, TAB } from "../parse/characters.ts";
import { resolvePlain } from "../compose/resolve.ts";

/** A scalar as go-yaml would write it, before it is known where. */
export interface ScalarText {
  readonly text: string;
  readonly style: "plain" | "single" | "double" | "literal";
  /** `!!binary` or `!!merge`; empty: none. */
  readonly tag: string;
  /** Holds a line break: no implicit key. */
  readonly multiline: boolean;
}

const OLD_BOOLS = new Set([
  "y",
  "Y",
  "yes",
  "Yes",
  "YES",
  "on",
  "On",
  "ON",
  "n",
  "N",
  "no",
  "No",
  "NO",
  "off",
  "Off",
  "OFF",
]);
const BASE_60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
const BASE64_LINE = 70;

/** What a text allows, by the characters in it (format.md 6.3, string styles). */
interface Analysis {
  readonly multiline: boolean;
  readonly plainAllowed: boolean;
  readonly flowPlainAllowed: boolean;
  readonly singleAllowed: boolean;
  readonly blockAllowed: boolean;
}

const FIRST_FORBIDDEN = new Set(Array.from("#,[]{}&*!|>'\"%@`", (c) => c.charCodeAt(0)));
const FLOW_MARKS = new Set(Array.from(",?[]{}:", (c) => c.charCodeAt(0)));

/** Indicators that a plain scalar may not hold: in a block, and in a flow. */
function indicators(text: string): { block: boolean; flow: boolean } {
  let block = text.startsWith("---") || text.startsWith("...");
  let flow = block;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    const blankAfter = i + 1 >= text.length || isBlank(text.charCodeAt(i + 1));
    if (FLOW_MARKS.has(c)) flow = true;
    if (i === 0 && FIRST_FORBIDDEN.has(c)) block = flow = true;
    if (blankAfter && (c === 0x3a || (i === 0 && (c === 0x3f || c === 0x2d)))) block = flow = true;
    if (c === HASH && i > 0 && isBlankBefore(text.charCodeAt(i - 1))) block = flow = true;
  }
  return { block, flow };
}

const isBlankBefore = (c: number): boolean => isBlank(c) || isBreak(c) || c === 0;

function analyze(text: string): Analysis {
  if (text === "")
    return {
      multiline: false,
      plainAllowed: true,
      flowPlainAllowed: false,
      singleAllowed: true,
      blockAllowed: false,
    };
  let [breaks, special, tabs, spaceBreak, breakSpace] = [false, false, false, false, false];
  let previous = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === TAB) tabs = true;
    else if (!isPrintable(c)) special = true;
    if (c === SPACE && isBreak(previous)) breakSpace = true;
    if (isBreak(c)) {
      breaks = true;
      if (previous === SPACE) spaceBreak = true;
    }
    previous = c;
  }
  const first = text.charCodeAt(0);
  const edges = first === SPACE || previous === SPACE || isBreak(first) || isBreak(previous);
  const { block, flow } = indicators(text);
  const broken = edges || breakSpace || spaceBreak || tabs || special || breaks;
  return {
    multiline: breaks,
    plainAllowed: !broken && !block,
    flowPlainAllowed: !broken && !flow,
    singleAllowed: !breakSpace && !spaceBreak && !tabs && !special,
    blockAllowed: previous !== SPACE && !spaceBreak && !special,
  };
}

/** Would the plain text be read as this very string? */
function readsAsString(text: string): boolean {
  const resolved = resolvePlain(text);
  return (
    resolved.kind === "value" && resolved.value.kind === "str" && !BASE_60.test(text) && !OLD_BOOLS.has(text)
  );
}

/** Words from a letter on, which no rule below has a say in. Longer than any word that YAML takes for a value. */
const PLAIN_WORDS = /^[A-Za-z][\w./-]*(?: [\w./-]+)*$/;
const LONGEST_YAML_WORD = 5;

/** The style that go-yaml gives a string in block context. */
export function stringText(text: string): ScalarText {
  if (text.length > LONGEST_YAML_WORD && PLAIN_WORDS.test(text))
    return { text, style: "plain", tag: "", multiline: false };
  const may = analyze(text);
  const tag = text === "<<" ? "!!merge" : "";
  let style: ScalarText["style"] = readsAsString(text) ? "plain" : "double";
  if (text.includes("\n")) style = "literal";
  if (style === "plain" && !may.plainAllowed) style = "single";
  if (style === "single" && !may.singleAllowed) style = "double";
  if (style === "literal" && !may.blockAllowed) style = "double";
  return { text, style, tag, multiline: may.multiline };
}

/** Base64 in lines of 70 where one does not hold it, as go-yaml writes `!!binary`. */
function binaryText(bytes: Uint8Array): ScalarText {
  const whole = toBase64(bytes);
  if (whole.length < BASE64_LINE) return { text: whole, style: "plain", tag: "!!binary", multiline: false };
  const lines: string[] = [];
  for (let i = 0; i < whole.length; i += BASE64_LINE) lines.push(whole.slice(i, i + BASE64_LINE) + "\n");
  return { text: lines.join(""), style: "literal", tag: "!!binary", multiline: true };
}

/** A key: a string, or bytes that are no text. */
export function keyText(key: string): ScalarText {
  return isUtf8(key) ? stringText(key) : binaryText(looseBytes(key));
}

/** A double in Go's `%g` form with the shortest digits: an exponent below -4 and from 6 on (format.md 6.3). */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return ".nan";
  if (!Number.isFinite(value)) return value > 0 ? ".inf" : "-.inf";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const [digits = "", power = "0"] = value.toExponential().split("e");
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 21 && exponent < 6) return plainDecimal(value, exponent);
  const sign = exponent < 0 ? "-" : "+";
  return `${digits}e${sign}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

/** JavaScript itself writes an exponent below -6 only, which `%g` reaches first. */
function plainDecimal(value: number, exponent: number): string {
  return exponent < 0 ? value.toFixed(fractionDigits(value, exponent)) : String(value);
}

function fractionDigits(value: number, exponent: number): number {
  const digits = value.toExponential().replace(/e.*$/, "").replace(/[-.]/g, "").length;
  return digits - 1 - exponent;
}

/** The text of a value that is neither a string nor bytes. */
export function typedText(value: Scalar): string {
  if (value.kind === "float") return floatText(value.value);
  if (value.kind === "time" || value.kind === "str") return value.value;
  return value.kind === "bytes" ? toBase64(value.value) : String(value.value);
}

function scalarText(value: Scalar): ScalarText {
  if (value.kind === "str") return stringText(value.value);
  if (value.kind === "bytes") return binaryText(value.value);
  return { text: typedText(value), style: "plain", tag: "", multiline: false };
}

export function nodeText(node: Extract<Node, { type: "leaf" | "null" }>): ScalarText {
  if (node.type === "leaf") return scalarText(node.value);
  return { text: "null", style: "plain", tag: "", multiline: false };
}

/**
 * The same where it has to read back whatever it is: a float with a point or an exponent, which would be an integer
 * without, and text of several lines in double quotes, since a block scalar depends on all that stands around it.
 */
export function exactNodeText(node: Extract<Node, { type: "leaf" | "null" }>): ScalarText {
  const written = nodeText(node);
  if (node.type === "null") return written;
  if (node.value.kind === "float") return { ...written, text: withPoint(written.text) };
  return written.multiline && node.value.kind === "str" ? { ...written, style: "double" } : written;
}

export function withPoint(float: string): string {
  return /^-?\d+$/.test(float) ? `${float}.0` : float;
}

const NAMED_ESCAPES = new Map<number, string>([
  [0x00, "0"],
  [0x07, "a"],
  [0x08, "b"],
  [0x09, "t"],
  [0x0a, "n"],
  [0x0b, "v"],
  [0x0c, "f"],
  [0x0d, "r"],
  [0x1b, "e"],
  [0x22, '"'],
  [0x5c, "\\"],
  [0x85, "N"],
  [0xa0, "_"],
  [0x2028, "L"],
  [0x2029, "P"],
]);

function escapeText(code: number): string {
  const name = NAMED_ESCAPES.get(code);
  if (name !== undefined) return `\\${name}`;
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hex.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}

/** `canonical`: as go-yaml, which escapes all that it calls unprintable, emoji too; else only what must be. */
export function doubleQuoted(text: string, canonical: boolean): string {
  let out = '"';
  for (const c of text) {
    const code = c.codePointAt(0) ?? 0;
    const printable = isPrintable(code) || (!canonical && (code >= 0x10000 || code === TAB));
    const escaped = !printable || isBreak(code) || code === 0x22 || code === 0x5c;
    out += escaped ? escapeText(code) : c;
  }
  return out + '"';
}

/** Bytes of a text in UTF-8: what go-yaml measures keys by. */
export function byteLength(text: string): number {
  return utf8(text).length;
}
