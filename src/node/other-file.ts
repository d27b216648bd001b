import { equalBytes } from "../core/base/bytes.ts";
import { SopsError } from "../core/base/errors.ts";
import { isIdentityFile } from "../core/base/withheld.ts";
import { sealedFormatOf } from "../formats/detect.ts";
import { realOf } from "./many/leads-out.ts";
import { readIfRegular } from "./read-input.ts";

/** Are two absolute paths one file, by two names perhaps? */
export function isSameFile(a: string, b: string): boolean {
  return realOf(a) === realOf(b);
}

/** What was read; `path` is undefined for stdin. */
export interface Input {
  readonly path: string | undefined;
  readonly bytes: Uint8Array;
}

/**
 * Looks at what stands where a result is to be written. It may hold something else: other secrets, which a plain text would
 * replace, or a plain file of which nothing is left. Names in each other's place look so. Throws CANNOT_WRITE, also for what
 * cannot be looked at. An empty file, or one with what was read, has nothing to lose. Answers an encrypted file that another
 * encrypted one is to replace.
 */
export async function refuseOther(
  made: "plain" | "sealed",
  target: string | undefined,
  input: Input,
): Promise<Uint8Array | null> {
  if (target === undefined || (input.path !== undefined && isSameFile(target, input.path))) return null;
  const old = await readIfRegular(target).catch(cannotLook);
  if (old === null || old.length === 0 || equalBytes(old, input.bytes)) return null;
  if (isIdentityFile(old))
    throw new SopsError("CANNOT_WRITE", "the file holds age identities, which would be gone", {
      hint: "write to another file; if nothing is encrypted for these identities any more, remove the file first",
    });
  const isSealed = sealedFormatOf(old) !== undefined;
  if (isSealed !== (made === "sealed"))
    throw new SopsError(
      "CANNOT_WRITE",
      isSealed
        ? "the file is encrypted, and the plain text of another one would take its place"
        : "the file is not encrypted, and another one would take its place",
      { hint: "are the two names swapped? If not, remove the file first" },
    );
  return isSealed ? old : null;
}

function cannotLook(error: unknown): never {
  if (!(error instanceof SopsError)) throw error;
  throw new SopsError("CANNOT_WRITE", `what stands there may be lost: ${error.message}`, {
    hint: "check that you may read the file and its folder, or write to another one",
    cause: error,
  });
}
