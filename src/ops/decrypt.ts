import { utf8 } from "../core/bytes.ts";
import { SopsError } from "../core/errors.ts";
import type { Format } from "../core/format.ts";
import { parseTreePath } from "../core/path.ts";
import { type Comment, map, type Tree } from "../core/tree.ts";
import { getAt, notFound, type TreePath } from "../core/tree-edit.ts";
import { refuseUnclearPath } from "../core/unclear-path.ts";
import type { Formats, OpenSettings, OpsContext } from "./context.ts";
import { guardDepth, openFile } from "./open.ts";

export interface DecryptSettings extends OpenSettings {
  /** A tree path, `["a"][0]`: print only what stands there. */
  readonly extract?: string | undefined;
}

/**
 * The plain text of a sealed file: the original bytes where input and output format are the same, else canonical text.
 * With `extract`: a string's own bytes without a newline, or the canonical text of a container or another scalar.
 */
export async function decrypt(
  sealed: Uint8Array,
  formats: Formats,
  settings: DecryptSettings,
  ctx: OpsContext,
): Promise<Uint8Array> {
  const path = settings.extract === undefined ? [] : pathToExtract(settings.extract);
  const { document } = await openFile(sealed, formats.input, settings, ctx);
  return guardDepth(() => {
    if (path.length > 0) {
      refuseUnclearPath(document.tree.documents[0] ?? map([]), path, settings.extract ?? "");
      return extract(document.tree, path, formats);
    }
    if (formats.output !== formats.input) return emitAs(formats.output, document.tree, formats.indent);
    return document.text({ indent: formats.indent, canonical: formats.canonical });
  });
}

/** The empty text is the whole file for SOPS: a script whose variable is not set would have all of it printed. */
function pathToExtract(text: string): TreePath {
  if (text !== "") return parseTreePath(text);
  throw new SopsError("BAD_PATH", "the path to extract is empty", {
    hint: "is a variable of your script not set? To have the whole file leave the path out",
  });
}

function emitAs(output: Format, tree: Tree, indent: number | undefined): Uint8Array {
  return output.emit(tree, { indent });
}

function extract(tree: Tree, path: readonly (string | number)[], formats: Formats): Uint8Array {
  const [first, ...others] = tree.documents;
  const node = first && getAt(first, path);
  if (node === undefined || node.type === "comment") throw missing(node, path);
  if (node.type === "map")
    return formats.output.emit({ documents: [node, ...others] }, { indent: formats.indent });
  if (node.type === "leaf" && node.value.kind === "str") return utf8(node.value.value);
  if (node.type === "leaf" && node.value.kind === "bytes") return node.value.value;
  return formats.output.emitValue(node, { indent: formats.indent });
}

function missing(node: Comment | undefined, path: readonly (string | number)[]): SopsError {
  return node === undefined
    ? notFound(path)
    : new SopsError("PATH_NOT_FOUND", "the path leads to a comment", {
        hint: "list indices count comments, as in sops",
      });
}
