import { SopsError } from "../../../core/base/errors.ts";
import type { Entry, Leaf, MapNode, Node, Null, Scalar, Span } from "../../../core/model/tree.ts";
import { MAX_DEPTH } from "./depth.ts";
import { numberOf } from "./number.ts";
import { CUT_OFF_HINT, placeOf, type Scanner } from "./scanner.ts";

/** A container that is still open. The chain of parents is the stack, so that no nesting overflows the runtime's. */
type Frame = OpenMap | OpenList;

interface OpenMap {
  readonly type: "map";
  readonly start: number;
  readonly depth: number;
  readonly parent: Frame | null;
  readonly entries: Entry[];
  /** The key whose value is read now. */
  key: string;
  keySpan: Span;
}

interface OpenList {
  readonly type: "list";
  readonly start: number;
  readonly depth: number;
  readonly parent: Frame | null;
  readonly items: Node[];
}

/** The object that starts at the scanner's place. Throws PARSE, and UNSUPPORTED where it nests too deep. */
export function readObject(scanner: Scanner): MapNode {
  const start = scanner.at;
  const root = openMap(scanner, null);
  let frame: Frame = root;
  for (;;) {
    if (nextItem(scanner, frame)) {
      const value = readScalar(scanner);
      if (value === null) frame = openContainer(scanner, frame);
      else add(frame, value);
      continue;
    }
    const parent: Frame | null = frame.parent;
    if (parent === null) return { type: "map", entries: root.entries, span: { start, end: scanner.at } };
    add(parent, close(frame, scanner.at));
    frame = parent;
  }
}

function openMap(scanner: Scanner, parent: Frame | null): OpenMap {
  const start = scanner.at++;
  const depth = depthBelow(scanner, parent);
  return { type: "map", start, depth, parent, entries: [], key: "", keySpan: { start, end: start } };
}

function openContainer(scanner: Scanner, parent: Frame): Frame {
  const opener = scanner.peek();
  if (opener === "{") return openMap(scanner, parent);
  if (opener !== "[") throw expected(scanner, parent, "a value");
  const start = scanner.at++;
  return { type: "list", start, depth: depthBelow(scanner, parent), parent, items: [] };
}

function depthBelow(scanner: Scanner, parent: Frame | null): number {
  const depth = (parent?.depth ?? 0) + 1;
  if (depth <= MAX_DEPTH) return depth;
  throw new SopsError("UNSUPPORTED", `the file nests deeper than ${String(MAX_DEPTH)} levels`, {
    hint: "sops cannot write such a file either: use --input-type binary",
    place: placeOf(scanner.text, scanner.at - 1),
  });
}

function close(frame: Frame, end: number): Node {
  const span = { start: frame.start, end };
  return frame.type === "map"
    ? { type: "map", entries: frame.entries, span }
    : { type: "list", items: frame.items, span };
}

function add(frame: Frame, value: Node): void {
  if (frame.type === "list") frame.items.push(value);
  else frame.entries.push({ type: "entry", key: frame.key, value, keySpan: frame.keySpan });
}

/** Steps to the next value of `frame`, over comma, key and colon; false where the container was closed instead. */
function nextItem(scanner: Scanner, frame: Frame): boolean {
  const closer = frame.type === "map" ? "}" : "]";
  scanner.skipSpace();
  if (scanner.take(closer)) return false;
  if ((frame.type === "map" ? frame.entries : frame.items).length > 0) {
    if (!scanner.take(",")) throw expected(scanner, frame, `a comma or ${closer}`);
    scanner.skipSpace();
    if (scanner.peek() === closer)
      throw scanner.fail("a comma stands after the last value", "JSON allows none there: take the comma out");
  }
  if (frame.type === "map") readKey(scanner, frame);
  return true;
}

function readKey(scanner: Scanner, frame: OpenMap): void {
  if (scanner.peek() !== '"') throw expected(scanner, frame, "a key in double quotes");
  const start = scanner.at;
  frame.key = scanner.string();
  frame.keySpan = { start, end: scanner.at };
  scanner.skipSpace();
  if (!scanner.take(":")) throw expected(scanner, frame, "a colon after the key");
  scanner.skipSpace();
}

/** The scalar that starts at the scanner's place, or null where there is none. Throws PARSE. */
export function readScalar(scanner: Scanner): Leaf | Null | null {
  const start = scanner.at;
  if (scanner.peek() === '"') {
    const value = scanner.string();
    return leaf({ kind: "str", value }, start, scanner.at);
  }
  const digits = scanner.number();
  if (digits !== null) return leaf(numberAt(scanner, digits, start), start, scanner.at);
  if (scanner.word("true")) return leaf({ kind: "bool", value: true }, start, scanner.at);
  if (scanner.word("false")) return leaf({ kind: "bool", value: false }, start, scanner.at);
  if (scanner.word("null")) return { type: "null", span: { start, end: scanner.at } };
  return null;
}

function leaf(value: Scalar, start: number, end: number): Leaf {
  return { type: "leaf", value, span: { start, end } };
}

function numberAt(scanner: Scanner, digits: string, start: number): Scalar {
  const value = numberOf(digits);
  if (value !== null) return value;
  throw scanner.fail(
    "a number is too large for a 64-bit float",
    "write it as a string, in double quotes",
    start,
  );
}

function expected(scanner: Scanner, frame: Frame, what: string): SopsError {
  const inside = frame.type === "map" ? "an object" : "a list";
  if (scanner.peek() === "") return scanner.fail(`the text ends inside ${inside}`, CUT_OFF_HINT);
  const { line } = placeOf(scanner.text, frame.start);
  const opened = `inside ${inside} that starts on line ${String(line ?? 1)}`;
  if (scanner.peek() === "/") return scanner.fail(`expected ${what} ${opened}`, "JSON has no comments");
  return scanner.fail(
    `expected ${what} ${opened}`,
    "strings need double quotes, values a comma between them",
  );
}
