import { fromUtf8 } from "../../../core/base/bytes.ts";
import { SopsError } from "../../../core/base/errors.ts";
import type { MapNode, Scalar } from "../../../core/model/tree.ts";
import { readObject, readScalar } from "./build.ts";
import { placeOf, Scanner } from "./scanner.ts";

/** A JSON text and its top-level object. Every node and key has a span, quotes and brackets included. */
export interface ParsedJson {
  readonly text: string;
  readonly root: MapNode;
}

/**
 * Reads a JSON object. Key order and duplicate keys stay as they are.
 * Throws NOT_UTF8, TOP_LEVEL_NOT_MAP, UNSUPPORTED (a BOM, too deep) and PARSE; what SOPS reads in part
 * only (text after the object, a cut-off text) is refused.
 */
export function parseJson(bytes: Uint8Array): ParsedJson {
  const text = fromUtf8(bytes);
  const scanner = new Scanner(text);
  refuseBom(text);
  scanner.skipSpace();
  if (scanner.peek() !== "{") throw notAnObject(scanner);
  const root = readObject(scanner);
  scanner.skipSpace();
  if (scanner.peek() !== "")
    throw scanner.fail(
      "there is text after the end of the top-level object",
      "sops would drop it: take it out",
    );
  return { text, root };
}

/** One value that fills the whole of `text`, if it is a scalar; else null. */
export function parseScalar(text: string): Scalar | null {
  const scanner = new Scanner(text);
  try {
    const node = readScalar(scanner);
    return node?.type === "leaf" && scanner.at === text.length ? node.value : null;
  } catch (error) {
    if (error instanceof SopsError) return null;
    throw error;
  }
}

function refuseBom(text: string): void {
  if (!text.startsWith("\ufeff")) return;
  throw new SopsError("UNSUPPORTED", "the file starts with a byte order mark, which JSON does not allow", {
    hint: "save it as UTF-8 without BOM; sops cannot read it either",
    place: { line: 1, column: 1 },
  });
}

function notAnObject(scanner: Scanner): SopsError {
  const next = scanner.peek();
  if (next === "")
    return new SopsError("PARSE", "the file is empty", {
      hint: "write a JSON object, {} at the least",
    });
  if (!/["[\d\-tfn]/.test(next))
    return scanner.fail("the file is not JSON", "check the input type, or see --input-type");
  return new SopsError("TOP_LEVEL_NOT_MAP", "the top level of the file is not an object", {
    hint: 'wrap it in one, for example {"data": [...]}, or use --input-type binary',
    place: placeOf(scanner.text, scanner.at),
  });
}
