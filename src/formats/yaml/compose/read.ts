import { SopsError } from "../../../core/base/errors.ts";
import { compose, type Composed } from "./compose.ts";
import { decodeYaml } from "../parse/encoding.ts";
import { parseStream } from "../parse/parser.ts";
import { placeOf } from "../parse/line-column.ts";

/** What go-yaml calls control characters: all but TAB, LF, CR, NEL and the printable ones. */
const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]/;
const BOM = 0xfeff;

/** YAML bytes to a tree with places. Throws NOT_UTF8, PARSE, NO_DOCUMENT, NON_STRING_KEY and what `compose` throws. */
export function readYaml(bytes: Uint8Array): Composed {
  return readYamlText(decodeYaml(bytes));
}

export function readYamlText(text: string): Composed {
  const composed = composeText(text);
  if (composed.badKey !== null) throw composed.badKey;
  return composed;
}

/** As `readYaml`, for who throws `badKey` once nothing else is wrong. */
export function readAnyKeys(bytes: Uint8Array): Composed {
  return composeText(decodeYaml(bytes));
}

function composeText(text: string): Composed {
  const bad = FORBIDDEN.exec(text);
  if (bad !== null)
    throw new SopsError("PARSE", "the YAML is not valid: a control character", {
      hint: "write it as an escape in double quotes, or encrypt the file as it is with --input-type binary",
      place: placeOf(text, bad.index),
    });
  const start = text.charCodeAt(0) === BOM ? 1 : 0;
  if (text.charCodeAt(start) === BOM)
    throw new SopsError("PARSE", "the YAML is not valid: a second byte order mark", {
      hint: "remove the byte order marks at the start of the file",
      place: { line: 1, column: 1 },
    });
  const stream = parseStream(text, start);
  // SOPS tells an empty file from one that only looks so.
  if (stream.documents.length === 0)
    throw new SopsError(text === "" ? "NO_DOCUMENT" : "PARSE", "the file holds no YAML document", {
      hint: "add a key, or --- for an empty document",
    });
  return compose(stream);
}
