import { utf8 } from "../core/base/bytes.ts";
import { SopsError } from "../core/base/errors.ts";
import type { Format } from "../core/model/format.ts";
import { valToString } from "../core/model/number.ts";
import { entry, map, type Node, str } from "../core/model/tree.ts";

/**
 * The node that a JSON text stands for (`enc set FILE PATH VALUE`). Key order, big integers and the difference of
 * 5 and 5.0 are kept, where the format of the file keeps it. Throws BAD_SET_VALUE; the text is a secret and is never shown.
 */
export function parseSetValue(text: string, json: Format, { flat = false }: Format): Node {
  const value = parsed(text, json);
  return flat ? asText(value) : value;
}

/** A flat file knows no kinds: what it would read as text is sealed as text (docs/compat.md). */
function asText(node: Node): Node {
  if (node.type === "leaf") return str(valToString(node.value));
  if (node.type === "null") return str(valToString(null));
  if (node.type !== "map") return node;
  return map(
    node.entries.map((e) =>
      e.type === "entry" && e.value.type !== "comment" ? entry(e.key, asText(e.value)) : e,
    ),
  );
}

function parsed(text: string, json: Format): Node {
  try {
    const wrapped = json.parsePlain(utf8(`{"value":${text}}`)).tree.documents[0]?.entries;
    const only = wrapped?.length === 1 ? wrapped[0] : undefined;
    if (only?.type === "entry" && only.value.type !== "comment") return only.value;
  } catch (error) {
    if (!(error instanceof SopsError)) throw error;
  }
  throw new SopsError("BAD_SET_VALUE", "the value is not valid JSON", {
    hint: `write text in quotes: '"text"'; numbers, true, false, null, {...} and [...] as they are`,
  });
}
