/**
 * A leaf value that keeps its kind: `1`, `1.0`, `"1"` and `2024-01-01` are four different things.
 * - str: Unicode text. bytes: a string whose bytes are not valid UTF-8.
 * - int: -2^63 to 2^63-1. float: any double.
 * - time: RFC 3339 with nanoseconds, trailing zeros cut, the offset kept, `Z` for offset 0 (format.md 2.2).
 */
export type Scalar =
  | { readonly kind: "str"; readonly value: string }
  | { readonly kind: "bytes"; readonly value: Uint8Array }
  | { readonly kind: "int"; readonly value: bigint }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "time"; readonly value: string };

/** Where a node stands in its source text: offsets in characters of the format's own text, end excluded. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A scalar. Its object identity is its name: formats and core refer to a leaf by the object itself. */
export interface Leaf {
  readonly type: "leaf";
  readonly value: Scalar;
  readonly span?: Span;
}

/** Nil is never encrypted and never hashed (format.md 1, rule 4). */
export interface Null {
  readonly type: "null";
  readonly span?: Span;
}

/** One comment node; `text` has no leading `#` or `;`. In a map it stands between entries, in a list it is an element. */
export interface Comment {
  readonly type: "comment";
  readonly text: string;
  /** On the same line as the value that follows it in tree order. */
  readonly inline: boolean;
  readonly span?: Span;
}

export interface MapNode {
  readonly type: "map";
  readonly entries: readonly MapItem[];
  readonly span?: Span;
}

export interface Entry {
  readonly type: "entry";
  readonly key: string;
  /** A comment as a map value is possible in files that SOPS wrote (traps.md 53). */
  readonly value: Node | Comment;
  readonly keySpan?: Span;
}

export type MapItem = Entry | Comment;

export interface ListNode {
  readonly type: "list";
  readonly items: readonly (Node | Comment)[];
  readonly span?: Span;
}

export type Node = MapNode | ListNode | Leaf | Null;

/** One map for each document. All formats but YAML have exactly one. The metadata block is never in it. */
export interface Tree {
  readonly documents: readonly MapNode[];
}

export const str = (value: string): Leaf => ({ type: "leaf", value: { kind: "str", value } });
export const NULL: Null = { type: "null" };
export const map = (entries: readonly MapItem[]): MapNode => ({ type: "map", entries });
export const list = (items: readonly (Node | Comment)[]): ListNode => ({ type: "list", items });
export const entry = (key: string, value: Node | Comment): Entry => ({ type: "entry", key, value });
