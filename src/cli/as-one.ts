import { SopsError } from "../core/base/errors.ts";
import { isDotenvByCustom, sealedFormatOf } from "../formats/detect.ts";
import type { Formats } from "../ops/context.ts";
import type { Args } from "./args.ts";
import type { Io } from "./io.ts";

/** Says what becomes of a .env file whose name is that of no .env file to sops. */
export function noteAsOne(name: string, { input }: Formats, args: Args, io: Io): void {
  if (input.name !== "binary" || args.has("input-type") || !isDotenvByCustom(name)) return;
  io.note(
    `${name} is sealed as one value, as sops takes this name for a binary file; ` +
      "line by line: --input-type dotenv, or type: dotenv in its rule of .sops-ts.yaml",
  );
}

/**
 * Sealed once more, a file that is sealed value by value under a name that says nothing would have to be opened twice.
 * Throws ALREADY_ENCRYPTED.
 */
export function refuseSealed(bytes: Uint8Array, { input }: Formats, args: Args): void {
  const kind = input.name === "binary" && !args.has("input-type") ? sealedFormatOf(bytes) : undefined;
  if (kind === undefined || kind === "binary") return;
  throw new SopsError("ALREADY_ENCRYPTED", `the file is encrypted already, as ${kind}`, {
    hint: "enc edit changes it; to encrypt it once more: --input-type binary",
  });
}
