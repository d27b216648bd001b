import type * as Yaml from "yaml";
import type { LineCounter, Node, Pair, Scalar, YAMLMap, YAMLSeq } from "yaml";
import { SopsError, type Place } from "../core/base/errors.ts";
import { isErrorNamed } from "../core/base/realm.ts";

/** The YAML of a config: every value with its place, aliases followed, merge keys (`<<`) merged. */
export type Value = MapValue | ListValue | ScalarValue;

interface MapValue {
  readonly type: "map";
  readonly place: Place;
  readonly entries: ReadonlyMap<string, MapEntry>;
}

export interface MapEntry {
  /** Of the key. */
  readonly place: Place;
  readonly value: Value;
  /** Of an entry of the top level: an anchor (`&name`) is defined on or below the value. */
  readonly definesAnchor: boolean;
}

interface ListValue {
  readonly type: "list";
  readonly place: Place;
  readonly items: readonly Value[];
}

export interface ScalarValue {
  readonly type: "scalar";
  readonly place: Place;
  readonly text: string;
  /** Without quotes and not a block: the text may be a null, a number or a boolean. */
  readonly plain: boolean;
}

/** More levels than any config needs, aliases included, and few enough for code that recurses. */
const MOST_LEVELS = 100;

/** The library turns a stack that is full into one of its own errors, with the message of the engine. */
const STACK_IS_FULL = /call stack|recursion/i;

/** The first document of a YAML text; undefined where it is empty. Throws BAD_CONFIG with the place. */
export async function readSource(text: string, file: string): Promise<Value | undefined> {
  const yaml = await import("yaml");
  const lines = new yaml.LineCounter();
  // Key uniqueness is checked below: the library's own check takes quadratic time.
  const options = { schema: "failsafe", uniqueKeys: false, prettyErrors: false, lineCounter: lines } as const;
  const document = guardStack(file, () => yaml.parseAllDocuments(text, options))[0];
  if (document === undefined) return undefined;
  const reader = new Reader(yaml, lines, file);
  const error = document.errors[0];
  if (error !== undefined && STACK_IS_FULL.test(error.message)) throw tooDeep({ file });
  if (error !== undefined) throw reader.error(error.message, error.pos[0]);
  return document.contents === null ? undefined : guardStack(file, () => reader.value(document.contents, 0));
}

function guardStack<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (isErrorNamed(error, "RangeError")) throw tooDeep({ file });
    throw error;
  }
}

function tooDeep(place: Place): SopsError {
  return new SopsError("BAD_CONFIG", "the config is nested too deeply", {
    hint: `keep it below ${String(MOST_LEVELS)} levels`,
    place,
  });
}

/** A value, and how many levels it has: an alias must not add up to more of them than nesting may. */
interface Read {
  readonly value: Value;
  readonly levels: number;
}

/** Walks a document once, in its order, so that an alias finds the last anchor of its name before it. */
class Reader {
  readonly #yaml: typeof Yaml;
  readonly #lines: LineCounter;
  readonly #file: string;
  /** "open": its node is still being read, so an alias to it would be a circle. */
  readonly #anchors = new Map<string, Read | "open">();

  constructor(yaml: typeof Yaml, lines: LineCounter, file: string) {
    this.#yaml = yaml;
    this.#lines = lines;
    this.#file = file;
  }

  value(node: Node | null, depth: number): Value {
    return this.#read(node, depth, 0).value;
  }

  error(message: string, offset: number): SopsError {
    return this.#error(message, this.#place(offset));
  }

  #error(message: string, place: Place): SopsError {
    const hint = message.includes("escape sequence")
      ? "write a regular expression in single quotes, or without quotes"
      : "correct the YAML of the config";
    return new SopsError("BAD_CONFIG", message, { hint, place });
  }

  #place(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.#file, line, column: col };
  }

  #read(node: Node | null, depth: number, offset: number): Read {
    const place = this.#place(node?.range?.[0] ?? offset);
    if (depth > MOST_LEVELS) throw tooDeep(place);
    const { isAlias, isMap, isSeq, isScalar } = this.#yaml;
    if (node === null) return { value: { type: "scalar", place, text: "", plain: true }, levels: 1 };
    if (isAlias(node)) return this.#follow(node.source, depth, place);
    const anchor = isMap(node) || isSeq(node) || isScalar(node) ? node.anchor : undefined;
    if (anchor !== undefined) this.#anchors.set(anchor, "open");
    const read = this.#readOwn(node, depth, place);
    if (anchor !== undefined) this.#anchors.set(anchor, read);
    return read;
  }

  #readOwn(node: Node, depth: number, place: Place): Read {
    const { isMap, isSeq, isScalar } = this.#yaml;
    if (isMap(node)) return this.#readMap(node, depth, place);
    if (isSeq(node)) return this.#readList(node, depth, place);
    if (isScalar(node)) return { value: scalarOf(node, place), levels: 1 };
    throw this.#error("this cannot stand in a config", place);
  }

  #follow(name: string, depth: number, place: Place): Read {
    const read = this.#anchors.get(name);
    if (read === undefined) throw this.#error(`there is no anchor &${name} before this alias`, place);
    if (read === "open") throw this.#error(`the alias *${name} refers to what it is part of`, place);
    if (depth + read.levels > MOST_LEVELS) throw tooDeep(place);
    return read;
  }

  #readList(node: YAMLSeq, depth: number, place: Place): Read {
    const reads = (node.items as (Node | null)[]).map((item) =>
      this.#read(item, depth + 1, node.range?.[0] ?? 0),
    );
    return {
      value: { type: "list", place, items: reads.map(({ value }) => value) },
      levels: levelsOf(reads),
    };
  }

  #readMap(node: YAMLMap, depth: number, place: Place): Read {
    const entries = new Map<string, MapEntry>();
    const merged: MapValue[] = [];
    const reads: Read[] = [];
    for (const pair of node.items as Pair<Node, Node | null>[]) {
      const key = this.#key(pair.key);
      const read = this.#read(pair.value, depth + 1, pair.key.range?.[1] ?? 0);
      reads.push(read);
      if (key.plain && key.text === "<<") merged.push(...this.#merge(read.value));
      else if (entries.has(key.text)) throw this.#error(`the key ${key.text} stands here twice`, key.place);
      else {
        const definesAnchor = depth === 0 && this.#definesAnchor(pair.value);
        entries.set(key.text, { place: key.place, value: read.value, definesAnchor });
      }
    }
    for (const [key, entry] of merged.flatMap((map) => [...map.entries])) {
      if (!entries.has(key)) entries.set(key, entry);
    }
    return { value: { type: "map", place, entries }, levels: levelsOf(reads) };
  }

  #key(node: Node): ScalarValue {
    const { value } = this.#read(node, 0, 0);
    if (value.type === "scalar") return value;
    throw this.#error("a key of the config must be text", value.place);
  }

  /** What `<<` brings: one map or a list of them, of which the first that has a key wins (YAML 1.1 merge). */
  #merge(value: Value): readonly MapValue[] {
    if (value.type === "map") return [value];
    if (value.type === "list") return value.items.flatMap((item) => this.#merge(item));
    throw this.#error("<< takes a map or a list of maps", value.place);
  }

  #definesAnchor(node: Node | null): boolean {
    let found = false;
    if (node === null) return false;
    this.#yaml.visit(node, {
      Value: (_, { anchor }) => {
        if (anchor === undefined) return undefined;
        found = true;
        return this.#yaml.visit.BREAK;
      },
    });
    return found;
  }
}

const levelsOf = (reads: readonly Read[]): number =>
  reads.reduce((most, { levels }) => Math.max(most, levels), 0) + 1;

function scalarOf(node: Scalar, place: Place): ScalarValue {
  const text = typeof node.value === "string" ? node.value : "";
  return { type: "scalar", place, text, plain: node.type === "PLAIN" && node.tag === undefined };
}
