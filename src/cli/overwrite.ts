import { resolve } from "node:path";
import { equalBytes } from "../core/base/bytes.ts";
import { SopsError } from "../core/base/errors.ts";
import { sealedFormatOf } from "../formats/detect.ts";
import { realOf } from "../node/many/leads-out.ts";
import { readIfRegular } from "../node/read-input.ts";
import type { Io } from "./io.ts";

/** Is the target the file that was read, by another name perhaps? */
export function isInput(target: string, file: string | undefined, io: Io): boolean {
  return file !== undefined && realOf(resolve(io.cwd, target)) === realOf(resolve(io.cwd, file));
}

/**
 * `--output` names a file that holds something else: other secrets, which a plain text would replace, or a plain file of
 * which nothing is left. Operands in each other's place look so. Throws CANNOT_WRITE. An empty file, or one with what was
 * read, has nothing to lose.
 */
export async function refuseOverwriting(
  made: "plain" | "sealed",
  target: string | undefined,
  input: { readonly file: string | undefined; readonly bytes: Uint8Array },
  io: Io,
): Promise<void> {
  if (target === undefined || isInput(target, input.file, io)) return;
  const old = await readIfRegular(resolve(io.cwd, target)).catch(() => null);
  if (old === null || old.length === 0 || equalBytes(old, input.bytes)) return;
  const isSealed = sealedFormatOf(old) !== undefined;
  if (isSealed === (made === "sealed")) return;
  throw new SopsError(
    "CANNOT_WRITE",
    isSealed
      ? "the file is encrypted, and the plain text of another one would take its place"
      : "the file is not encrypted, and another one would take its place",
    {
      hint: "are the two names swapped? If not, remove the file first",
      place: { file: target },
    },
  );
}
