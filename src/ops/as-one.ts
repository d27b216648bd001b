import { SopsError } from "../core/base/errors.ts";
import type { FormatName } from "../core/model/format.ts";
import { isIdentityFile } from "../core/base/withheld.ts";
import { isDotenvByCustom, sealedFormatOf } from "../formats/detect.ts";

/** What a file is taken for that is to be sealed. */
export interface TakenFor {
  readonly format: FormatName;
  /** Did the user or the caller say so, in so many words? Then all of it is meant. */
  readonly said: boolean;
  /** How that is said of a type: a flag, an option of the library. */
  readonly saying: (type: FormatName) => string;
}

/** What becomes of a .env file whose name is that of no .env file to sops; undefined for every other one. */
export function asOneText(name: string, { format, said, saying }: TakenFor): string | undefined {
  if (format !== "binary" || said || !isDotenvByCustom(name)) return undefined;
  return (
    `${name} is sealed as one value, as sops takes this name for a binary file; ` +
    `line by line: ${saying("dotenv")}, or type: dotenv in its rule of .sops-ts.yaml`
  );
}

/**
 * Sealed once more, a file that is sealed value by value under the name of another kind would have to be opened twice.
 * Throws ALREADY_ENCRYPTED. `instead`: what to do in order to change it.
 */
export function refuseSealed(bytes: Uint8Array, { format, said, saying }: TakenFor, instead: string): void {
  const kind = said ? undefined : sealedFormatOf(bytes);
  if (kind === undefined || kind === format) return;
  throw new SopsError("ALREADY_ENCRYPTED", `the file is encrypted already, as ${kind}`, {
    hint: `${instead}; to encrypt it once more: ${saying(format)}`,
  });
}

/**
 * A file of age identities that is encrypted in its place opens nothing any more, itself neither. Throws USAGE, unless it
 * was said what it is to be taken for.
 */
export function refuseOwnKeys(bytes: Uint8Array, { format, said, saying }: TakenFor): void {
  if (said || !isIdentityFile(bytes)) return;
  throw new SopsError(
    "USAGE",
    "the file holds age identities: encrypted in its place it would open no file any more",
    {
      hint: `keep it out of the project; an encrypted copy for somebody else: --output; to do it all the same: ${saying(format)}`,
    },
  );
}
