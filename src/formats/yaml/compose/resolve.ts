import type { Scalar } from "../../../core/model/tree.ts";
import { fromBase64 } from "../../../core/base/base64.ts";
import { tryFromUtf8 } from "../../../core/base/bytes.ts";
import type { ScalarNode } from "../parse/node.ts";
import { parseTimestamp } from "./timestamp.ts";

/** A scalar's meaning: a value, nil, a number between 2^63 and 2^64 that SOPS cannot hold, or a tag that does not fit. */
export type Resolved = { kind: "value"; value: Scalar } | { kind: "null" | "uint64" | "mismatch" };

const CORE_TAG = "tag:yaml.org,2002:";
const WORDS = new Map<string, Scalar | null>([
  ...["", "~", "null", "Null", "NULL"].map((w) => [w, null] as const),
  ...["true", "True", "TRUE"].map((w) => [w, { kind: "bool", value: true }] as const),
  ...["false", "False", "FALSE"].map((w) => [w, { kind: "bool", value: false }] as const),
  ...[".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"].map(
    (w) => [w, { kind: "float", value: Infinity }] as const,
  ),
  ...["-.inf", "-.Inf", "-.INF"].map((w) => [w, { kind: "float", value: -Infinity }] as const),
  ...[".nan", ".NaN", ".NAN"].map((w) => [w, { kind: "float", value: NaN }] as const),
]);
const LONGEST_WORD = 5;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const DOT_FLOAT = /^\.[0-9]+(?:[eE][-+]?[0-9]+)?$/;
const INTEGER = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/;
const MAX_INT64 = 2n ** 63n - 1n;
const MAX_UINT64 = 2n ** 64n - 1n;

const str = (value: string): Resolved => ({ kind: "value", value: { kind: "str", value } });
const valued = (value: Scalar | null): Resolved =>
  value === null ? { kind: "null" } : { kind: "value", value };

/** A plain text without a tag, by go-yaml's rules (format.md 6.1). */
export function resolvePlain(text: string): Resolved {
  const c = text.charCodeAt(0);
  if (text.length <= LONGEST_WORD) {
    const word = WORDS.get(text);
    if (word !== undefined) return valued(word);
  }
  if (c === 0x2e) return (DOT_FLOAT.test(text) ? finite(text) : undefined) ?? str(text);
  if ((c >= 0x30 && c <= 0x39) || c === 0x2d || c === 0x2b) return resolveNumber(text);
  return str(text);
}

function resolveNumber(text: string): Resolved {
  const time = parseTimestamp(text);
  if (time !== null) return valued({ kind: "time", value: time });
  const plain = text.includes("_") ? text.replaceAll("_", "") : text;
  return resolveInteger(plain) ?? (FLOAT.test(plain) ? finite(plain) : undefined) ?? str(text);
}

/** Undefined: no integer, or one that only a float can hold. */
function resolveInteger(text: string): Resolved | undefined {
  const match = INTEGER.exec(text);
  if (match === null) return undefined;
  const digits = match[2] ?? "";
  const magnitude = BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits.toLowerCase());
  const value = match[1] === "-" ? -magnitude : magnitude;
  if (value <= MAX_INT64 && value >= -MAX_INT64 - 1n) return valued({ kind: "int", value });
  return match[1] === "" && value <= MAX_UINT64 ? { kind: "uint64" } : undefined;
}

function finite(text: string): Resolved | undefined {
  const value = Number(text);
  return Number.isFinite(value) ? valued({ kind: "float", value }) : undefined;
}

/** `!!int` for `tag:yaml.org,2002:int`; other tags stay. */
export function shortTag(tag: string): string {
  return tag.startsWith(CORE_TAG) ? `!!${tag.slice(CORE_TAG.length)}` : tag;
}

const TYPED = new Set(["!!bool", "!!int", "!!float", "!!null", "!!timestamp"]);

/** A scalar with its style and tag taken into account. */
export function resolveScalar(node: ScalarNode): Resolved {
  const tag = shortTag(node.tag);
  if (tag === "") return node.style === "plain" ? resolvePlain(node.value) : str(node.value);
  if (tag === "!!binary") return resolveBinary(node.value);
  if (!TYPED.has(tag)) return str(node.value);
  return resolveTagged(tag, node.value);
}

/** Would a sealed text in this scalar's place be refused for its tag? */
export function tagRefusesText(tag: string): boolean {
  return tag !== "" && (TYPED.has(shortTag(tag)) || shortTag(tag) === "!!binary");
}

function resolveBinary(text: string): Resolved {
  const bytes = fromBase64(text);
  if (bytes === null) return { kind: "mismatch" };
  const decoded = tryFromUtf8(bytes);
  return decoded === null ? valued({ kind: "bytes", value: bytes }) : str(decoded);
}

const KIND_OF: Readonly<Record<string, string>> = {
  "!!bool": "bool",
  "!!int": "int",
  "!!float": "float",
  "!!null": "null",
  "!!timestamp": "time",
};

function resolveTagged(tag: string, text: string): Resolved {
  // A date is looked for only without a tag, or with the tag of a date.
  const found = tag === "!!timestamp" || parseTimestamp(text) === null ? resolvePlain(text) : str(text);
  const kind = found.kind === "value" ? found.value.kind : found.kind;
  if (tag === "!!float" && found.kind === "value" && found.value.kind === "int")
    return valued({ kind: "float", value: Number(found.value.value) });
  if (kind === KIND_OF[tag] || (tag === "!!int" && kind === "uint64")) return found;
  return { kind: "mismatch" };
}
