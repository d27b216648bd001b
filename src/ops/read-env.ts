import { SopsError } from "../core/base/errors.ts";
import type { Format } from "../core/model/format.ts";
import { isUtf8 } from "../core/base/loose-text.ts";
import { valToString } from "../core/model/number.ts";
import { formatTreePath } from "../core/model/path.ts";
import type { Entry, Tree } from "../core/model/tree.ts";
import { isDotenvByCustom } from "../formats/detect.ts";
import type { OpenSettings, OpsContext } from "./context.ts";
import { openFile } from "./open.ts";
import { linesOfBinary } from "./read-binary-env.ts";

/**
 * The environment variables that a sealed file stands for: the top level of its first document, in order, comments
 * left out (command-line.md 5.9); of a binary one whose text is KEY=value lines those too. `path`: its name. Throws EXEC for a container, an `=` in a name or a NUL in a value.
 */
export async function environmentOf(
  sealed: Uint8Array,
  format: Format,
  settings: OpenSettings,
  ctx: OpsContext,
  path = "",
): Promise<[string, string][]> {
  const { tree } = (await openFile(sealed, format, settings, ctx)).document;
  const lines = format.name === "binary" ? await linesOfBinary(tree, path) : null;
  if (lines === null) return variablesOf(tree);
  // Of a name that may be another binary file, what SOPS gives is given too.
  return isDotenvByCustom(path) ? variablesOf(lines) : [...variablesOf(tree), ...variablesOf(lines)];
}

function variablesOf(tree: Tree): [string, string][] {
  const entries = tree.documents[0]?.entries ?? [];
  return entries.filter((e): e is Entry => e.type === "entry" && e.value.type !== "comment").map(variableOf);
}

function variableOf(item: Entry): [string, string] {
  const { key, value } = item;
  if (value.type === "null") return [checkName(key), "<nil>"];
  if (value.type !== "leaf")
    throw refuse(
      key,
      "holds a map or a list, and an environment variable is one text",
      "use a flat file, or extract the value",
    );
  if (value.value.kind === "bytes")
    throw refuse(
      key,
      "holds bytes that are not UTF-8, which Node cannot hand to a program",
      "hand it over in a file: enc exec-file",
    );
  const text = valToString(value.value);
  if (text.includes("\0")) throw refuse(key, "holds a NUL character", "hand it over in a file instead");
  return [checkName(key), text];
}

function checkName(name: string): string {
  if (!isUtf8(name))
    throw refuse(name, "is not UTF-8, which Node cannot hand to a program", "rename the key");
  if (name.includes("=") || name.includes("\0"))
    throw refuse(name, "cannot be the name of an environment variable", "rename the key");
  return name;
}

function refuse(key: string, why: string, hint: string): SopsError {
  const path = formatTreePath([key]);
  return new SopsError("EXEC", `${path} ${why}`, { hint, place: { path } });
}
