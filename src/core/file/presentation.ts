import { SopsError } from "../base/errors.ts";
import { utf8 } from "../base/bytes.ts";
import type { Hint, Presentation } from "../model/format.ts";
import type { Aead, Runtime } from "../ports/runtime.ts";
import { sealText } from "../model/enc-text.ts";
import { openText } from "../model/value.ts";

/** Constant, so that unchanged hints keep their ciphertext; the AAD of a path always ends with a colon, this one never. */
const AAD = utf8("enc_presentation");
const IV_BYTES = 32;

/** A file that needs no hints: its canonical text is the original. */
export const NO_PRESENTATION: Presentation = { leaves: [], file: "" };

/** What `enc_presentation` holds: the hints, and the digest of the keys that SOPS' own MAC does not cover. */
export interface Extra extends Presentation {
  readonly keys: string;
  /** The whole plain text as a byte string, where the hints cannot say it; undefined: they can. */
  readonly whole?: string | undefined;
}

/** A field that says nothing. */
export const NO_EXTRA: Extra = { ...NO_PRESENTATION, keys: "" };

/** The hints as one ENC text. `previous` is kept where it says the same under the same key. */
export function sealPresentation(p: Extra, aead: Aead, runtime: Runtime, previous: string): string {
  const text = JSON.stringify({
    v: 1,
    keys: p.keys,
    file: p.file,
    ...(p.whole === undefined ? {} : { whole: p.whole }),
    leaves: p.leaves.flatMap((h) => [h.at, h.spelling]),
  });
  if (previous !== "" && readText(previous, aead) === text) return previous;
  return sealText(aead, runtime.randomBytes(IV_BYTES), utf8(text), AAD, "str");
}

/** Throws DECRYPT_VALUE where the field was changed. Null: a version that is not known here (hints.md 2). */
export function openPresentation(sealed: string, aead: Aead): Extra | null {
  const text = readText(sealed, aead);
  if (text === null)
    throw new SopsError(
      "DECRYPT_VALUE",
      "the field enc_presentation of the metadata was changed or damaged",
      {
        hint: "restore the file from git, or open it without its layout with --ignore-mac",
      },
    );
  const parsed = fieldsOf(text);
  if (parsed?.v !== 1 || typeof parsed.file !== "string" || !Array.isArray(parsed.leaves)) return null;
  const keys = typeof parsed.keys === "string" ? parsed.keys : "";
  const whole = typeof parsed.whole === "string" ? parsed.whole : undefined;
  return { keys, file: parsed.file, leaves: hintsOf(parsed.leaves), whole };
}

type Fields = Partial<Record<"v" | "keys" | "file" | "whole" | "leaves", unknown>>;

/** Null: no JSON object. The error of JSON.parse would quote the text. */
function fieldsOf(text: string): Fields | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" ? parsed : null;
  } catch {
    return null;
  }
}

function hintsOf(pairs: readonly unknown[]): Hint[] {
  const hints: Hint[] = [];
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    const at = pairs[i];
    const spelling = pairs[i + 1];
    if (typeof at === "number" && typeof spelling === "string") hints.push({ at, spelling });
  }
  return hints;
}

function readText(sealed: string, aead: Aead): string | null {
  try {
    const opened = openText(aead, sealed, AAD);
    return opened.kind === "value" && opened.value.kind === "str" ? opened.value.value : null;
  } catch {
    return null;
  }
}
