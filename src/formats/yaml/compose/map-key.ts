import { SopsError } from "../../../core/base/errors.ts";
import { looseText } from "../../../core/base/loose-text.ts";
import type { Scalar } from "../../../core/model/tree.ts";
import type { YamlNode } from "../parse/node.ts";
import { placeOf } from "../parse/line-column.ts";
import { resolveScalar, shortTag } from "./resolve.ts";

/** What a key stands for, `node` being what its aliases lead to; null where that is no string (format.md 1, rule 5). */
export function keyValue(node: YamlNode): Extract<Scalar, { kind: "str" | "bytes" }> | null {
  if (node.kind !== "scalar") return null;
  const resolved = resolveScalar(node);
  if (resolved.kind !== "value") return null;
  const { value } = resolved;
  return value.kind === "str" || value.kind === "bytes" ? value : null;
}

/** A key as it is in the tree. To SOPS a `!!binary` key is its bytes, in the AAD too. */
export function keyName(value: Extract<Scalar, { kind: "str" | "bytes" }>): string {
  return value.kind === "str" ? value.value : looseText(value.value);
}

/**
 * Why a key that is no string is refused. go-yaml decodes the first document before SOPS looks at it, and cannot make
 * a key of a collection, nor of a value that does not fit its tag: there the file does not parse.
 */
export function badKey(node: YamlNode, text: string, at: number, first: boolean): SopsError {
  const place = placeOf(text, at);
  if (first && node.kind !== "scalar") {
    const what = node.kind === "mapping" ? "a map" : "a list";
    return new SopsError("PARSE", `the YAML is not valid: ${what} as the key of a map`, {
      hint: "name it by a text; for text that starts with [ or { put the key in quotes",
      place,
    });
  }
  if (first && node.kind === "scalar" && resolveScalar(node).kind === "mismatch")
    return new SopsError(
      "PARSE",
      `the YAML is not valid: a key that does not fit its tag ${shortTag(node.tag)}`,
      { hint: "correct the key or remove the tag", place },
    );
  return new SopsError("NON_STRING_KEY", "a key that is not a string, which SOPS refuses", {
    hint: node.kind === "scalar" ? "put the key in quotes" : "name it by a text",
    place,
  });
}
