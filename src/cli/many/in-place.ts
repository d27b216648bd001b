import { SopsError } from "../../core/base/errors.ts";
import type { Args } from "../args.ts";
import { PhasedError } from "../exit-codes.ts";

/** Flags that say something of one file. */
const FOR_ONE_FILE: readonly string[] = ["output", "extract", "filename-override", "keep-data-key"];

/**
 * Throws CONFLICTING_OPTIONS for flags that are about one file, and where the results would go to stdout USAGE.
 * SOPS takes a folder for a file to print, and has an exit code of its own for it.
 */
export function requireInPlace(args: Args): void {
  const flag = FOR_ONE_FILE.find((name) => args.has(name));
  if (flag !== undefined)
    throw new SopsError("CONFLICTING_OPTIONS", `--${flag} is about one file`, {
      hint: "name one file, and neither a folder nor --json",
    });
  if (args.has("in-place")) return;
  const isFolder = args.positionals.length === 1 && !args.has("json");
  const what = isFolder ? "the files of a folder" : "several files";
  const error = new SopsError("USAGE", `${what} can only be changed in place`, {
    hint: "add --in-place; to print a file, name it alone",
  });
  throw isFolder ? new PhasedError(error, "printing a folder") : error;
}
