import { SopsError } from "../core/base/errors.ts";
import type { Format, FormatName, PlainSource } from "../core/model/format.ts";
import { formatTreePath } from "../core/model/path.ts";
import type { Selection } from "../core/model/selection.ts";
import type { TreePath } from "../core/model/tree-edit.ts";
import type { MapNode } from "../core/model/tree.ts";
import { valToString } from "../core/model/number.ts";
import { walk } from "../core/model/walk.ts";
import type { Formats } from "./context.ts";

/**
 * A value under the key that the metadata stands under would make a file that nobody can open.
 * Throws ALREADY_ENCRYPTED, the code that SOPS has for a result with a reserved key (command-line.md 5.4).
 */
export function refuseReservedKey(path: TreePath, { input, output }: Formats): void {
  const [key] = path;
  if (typeof key !== "string" || !(isReserved(key, input.name) || isReserved(key, output.name))) return;
  throw new SopsError("ALREADY_ENCRYPTED", `the top-level key ${key} is reserved for the sops metadata`, {
    hint: "give the value another name",
    place: { path: formatTreePath(path) },
  });
}

/** In .env files each line of the metadata is a top-level key of its own. */
function isReserved(key: string, format: FormatName): boolean {
  return format === "dotenv" ? key.startsWith("sops_") : key === "sops";
}

/** A binary file is one value; whatever else were set would be lost without a word. Throws BAD_SET_VALUE. */
export function refuseIntoBinary(path: TreePath, { input }: Formats): void {
  if (input.name !== "binary" || (path.length === 1 && path[0] === "data")) return;
  throw new SopsError("BAD_SET_VALUE", 'a binary file has only the value ["data"]', {
    hint: "set that one, or name the type that the file really has with --input-type",
    place: { path: formatTreePath(path) },
  });
}

/**
 * The text that a change made, parsed. What does not parse is the fault of the value (a map with a key twice), and its
 * line and column are in a text that the user never wrote. Throws BAD_SET_VALUE without them.
 */
export function parseChanged(format: Format, text: Uint8Array, path: TreePath): PlainSource {
  try {
    return format.parsePlain(text);
  } catch (error) {
    if (error instanceof SopsError) throw cannotStand(format, path, error);
    throw error;
  }
}

export function cannotStand({ name }: Format, path: TreePath, cause: SopsError): SopsError {
  const why = cause.cause instanceof SopsError ? cause.cause : cause;
  const hint = "its text would read back as something else: choose yaml or json, or set it base64-encoded";
  return new SopsError("BAD_SET_VALUE", `the value cannot stand in a ${name} file: ${why.message}`, {
    hint: why.code === "EMIT" ? hint : why.hint,
    place: { path: formatTreePath(path) },
    cause,
  });
}

/**
 * A comment that lets the value below it stay in clear text stays when that value is removed, and then stands above the
 * next one: a secret, mostly. Throws ENCRYPT_VALUE with the path of the first value that would lose its encryption.
 */
export function refuseMovedMark(before: MapNode, after: MapNode, selection: Selection): void {
  if (!selection.byComment) return;
  const clear = new Set<string>();
  eachClear(before, selection, (name) => clear.add(name));
  eachClear(after, selection, (name, where) => {
    if (clear.has(name)) return;
    throw new SopsError("ENCRYPT_VALUE", "this value would be written in clear text", {
      hint: "the comment that marked the removed value would now mark it: remove both with enc edit",
      place: { path: formatTreePath(where()) },
    });
  });
}

function eachClear(
  root: MapNode,
  selection: Selection,
  visitor: (name: string, where: () => TreePath) => void,
): void {
  walk({ documents: [root] }, selection, {
    leaf({ value }, { aad, selected, where }) {
      if (!selected) visitor(JSON.stringify([aad, value.kind, valToString(value)]), where);
    },
    comment: () => undefined,
  });
}
