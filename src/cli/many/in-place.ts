import { SopsError } from "../../core/base/errors.ts";
import type { Args } from "../args.ts";

/** Flags that say something of one file. */
const FOR_ONE_FILE: readonly string[] = ["output", "extract", "filename-override", "keep-data-key"];

/**
 * Throws CONFLICTING_OPTIONS for flags that are about one file, and where the results would go to stdout USAGE, or
 * CANNOT_READ where all that is named is a folder: SOPS takes it for a file to print, and has this exit code for it.
 */
export function requireInPlace(args: Args): void {
  const flag = FOR_ONE_FILE.find((name) => args.has(name));
  if (flag !== undefined)
    throw new SopsError("CONFLICTING_OPTIONS", `--${flag} is about one file`, {
      hint: "name one file, and neither a folder nor --json",
    });
  if (args.has("in-place")) return;
  if (args.positionals.length === 1 && !args.has("json")) throw folderAlone();
  throw new SopsError("USAGE", "several files can only be changed in place", {
    hint: "add --in-place; to print a file, name it alone",
  });
}

function folderAlone(): SopsError {
  return new SopsError("CANNOT_READ", "the files of a folder can only be changed in place", {
    hint: "add --in-place; to print a file, name it alone",
  });
}
