import { toByteString } from "../core/base/bytes.ts";
import { SopsError } from "../core/base/errors.ts";
import type { Format } from "../core/model/format.ts";

/** The marks that git leaves in a file that it could not merge, each at the start of a line. */
const FIRST_MARK = /^<{7}(?: |\r?$)/m;
const LAST_MARK = /^>{7}(?: |\r?$)/m;

const OF_PLAIN = "keep one side at each mark, and take the marks out";
const OF_SEALED =
  "keep one side at each mark, for lastmodified, mac and enc_presentation the same, then make a new MAC with enc rotate -i --ignore-mac";

/** The format, whose parse errors tell a file with the marks of a git merge from one that is misspelt. */
export function namingConflicts(format: Format): Format {
  return {
    ...format,
    parsePlain: (bytes) => naming(bytes, OF_PLAIN, () => format.parsePlain(bytes)),
    parseSealed: (bytes) => naming(bytes, OF_SEALED, () => format.parseSealed(bytes)),
  };
}

function naming<T>(bytes: Uint8Array, hint: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof SopsError) || error.code !== "PARSE") throw error;
    const text = toByteString(bytes);
    const at = text.search(FIRST_MARK);
    if (at === -1 || !LAST_MARK.test(text)) throw error;
    throw new SopsError("PARSE", "the file holds the marks of a git merge that stopped", {
      hint,
      place: { line: text.slice(0, at).split("\n").length },
      cause: error,
    });
  }
}
