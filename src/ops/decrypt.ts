import { utf8 } from "../core/base/bytes.ts";
import { canonicalText } from "../core/file/canonical.ts";
import { SopsError } from "../core/base/errors.ts";
import type { Format } from "../core/model/format.ts";
import { differenceText, type Printed } from "../core/file/open-document.ts";
import { formatTreePath, parseTreePath } from "../core/model/path.ts";
import { type Comment, map, type Tree } from "../core/model/tree.ts";
import { getAt, notFound, type TreePath } from "../core/model/tree-edit.ts";
import { refuseUnclearPath } from "../core/model/unclear-path.ts";
import { type Formats, type OpenSettings, type OpsContext, warn } from "./context.ts";
import { guardDepth, openFile } from "./open.ts";

export interface DecryptSettings extends OpenSettings {
  /** A tree path, `["a"][0]`: print only what stands there. */
  readonly extract?: string | undefined;
  /** The text takes the sealed file's place: one that reads as other data is refused, with EMIT. */
  readonly replaces?: boolean | undefined;
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
  if (path.length > 0) {
    refuseUnclearPath(document.tree.documents[0] ?? map([]), path, settings.extract ?? "");
    return guardDepth(() => extract(document.tree, path, formats, ctx));
  }
  const { input, output, indent, canonical } = formats;
  const text = guardDepth(() =>
    input === output ? document.print({ indent, canonical }) : convertedText(output, document.tree, indent),
  );
  if (settings.replaces === true) refuseOtherData(text, output, document.tree);
  for (const line of text.warnings) warn(ctx, line);
  return text.bytes;
}

/** The empty text is the whole file for SOPS: a script whose variable is not set would have all of it printed. */
function pathToExtract(text: string): TreePath {
  if (text !== "") return parseTreePath(text);
  throw new SopsError("BAD_PATH", "the path to extract is empty", {
    hint: "is a variable of your script not set? To have the whole file leave the path out",
  });
}

/** The tree in another format, as SOPS prints it; what reads as something else there is told. */
function convertedText(output: Format, tree: Tree, indent: number | undefined): Printed {
  const text = canonicalText({ ...output, flat: true }, tree, { indent });
  return { ...text, warnings: differenceText(text) };
}

/** The sealed file is about to give way to this text, and the value would be gone. */
function refuseOtherData({ difference }: Printed, output: Format, { documents }: Tree): void {
  if (difference === null || difference.kindOnly) return;
  if (documents.length > 1 && difference.path.length === 0)
    throw new SopsError(
      "EMIT",
      `cannot write this as a ${output.name} file: there is more than one document`,
      {
        hint: "all but the first would be lost, and the encrypted file is replaced: leave --output-type out",
      },
    );
  throw new SopsError("EMIT", `a ${output.name} file has no spelling for this value`, {
    hint: "as text it would become another value, and the encrypted file is replaced: print it with --output-type json",
    place: { path: formatTreePath(difference.path) },
  });
}

function extract(
  tree: Tree,
  path: readonly (string | number)[],
  { output, indent }: Formats,
  ctx: OpsContext,
): Uint8Array {
  const [first, ...others] = tree.documents;
  const node = first && getAt(first, path);
  if (node === undefined || node.type === "comment") throw missing(node, path);
  if (node.type === "leaf" && node.value.kind === "str") return utf8(node.value.value);
  if (node.type === "leaf" && node.value.kind === "bytes") return node.value.value;
  if (node.type !== "map") return output.emitValue(node, { indent });
  const text = convertedText(output, { documents: [node, ...others] }, indent);
  for (const line of text.warnings) warn(ctx, line);
  return text.bytes;
}

function missing(node: Comment | undefined, path: readonly (string | number)[]): SopsError {
  return node === undefined
    ? notFound(path)
    : new SopsError("PATH_NOT_FOUND", "the path leads to a comment", {
        hint: "list indices count comments, as in sops",
      });
}
