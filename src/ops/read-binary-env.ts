import { tryFromUtf8, utf8 } from "../core/base/bytes.ts";
import { SopsError } from "../core/base/errors.ts";
import type { Tree } from "../core/model/tree.ts";
import { isDotenvByCustom } from "../formats/detect.ts";
import { loadFormat } from "../formats/index.ts";

/**
 * The lines of a .env file that was sealed as one value, as its name (`.env.local`) says nothing to SOPS; null where the
 * text is no such file. Throws EXEC where by its name it has to be one: the program would start without its values.
 */
export async function linesOfBinary(plain: Tree, path: string): Promise<Tree | null> {
  const data = plain.documents[0]?.entries[0];
  const leaf = data?.type === "entry" && data.value.type === "leaf" ? data.value.value : undefined;
  const text = leaf?.kind === "bytes" ? tryFromUtf8(leaf.value) : leaf?.kind === "str" ? leaf.value : null;
  if (text !== null) {
    const lines = await parsed(text);
    if (lines !== null && (isDotenvByCustom(path) || looksLikeLines(lines))) return lines;
  }
  if (!isDotenvByCustom(path)) return null;
  throw new SopsError("EXEC", "the file was sealed as one value, and that is no text of KEY=value lines", {
    hint: "enc decrypt shows it; enc exec-file hands the text over as it is",
  });
}

async function parsed(text: string): Promise<Tree | null> {
  try {
    return (await loadFormat("dotenv")).parsePlain(utf8(text)).tree;
  } catch (error) {
    if (error instanceof SopsError) return null;
    throw error;
  }
}

/** Names as variables have them, and values: not the one line of a base64 text that ends in `=`. */
function looksLikeLines({ documents: [first] }: Tree): boolean {
  const entries = first?.entries.filter(({ type }) => type === "entry") ?? [];
  return (
    entries.length > 0 &&
    entries.every(
      (e) =>
        e.type === "entry" &&
        /^[A-Za-z_]\w*$/.test(e.key) &&
        !(e.value.type === "leaf" && isPadding(e.value.value.value)),
    )
  );
}

const isPadding = (value: unknown): boolean => typeof value === "string" && /^=?$/.test(value);
