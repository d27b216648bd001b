import { SopsError } from "../../core/errors.ts";
import type { Args } from "../args.ts";

/** Flags that say something of one file. */
const FOR_ONE_FILE: readonly string[] = ["output", "extract", "filename-override"];

/** Throws CONFLICTING_OPTIONS for flags that are about one file, and USAGE where the results would go to stdout. */
export function requireInPlace(args: Args): void {
  const flag = FOR_ONE_FILE.find((name) => args.has(name));
  if (flag !== undefined)
    throw new SopsError("CONFLICTING_OPTIONS", `--${flag} is about one file`, {
      hint: "name one file, and neither a folder nor --json",
    });
  if (args.has("in-place")) return;
  throw new SopsError("USAGE", "several files can only be changed in place", {
    hint: "add --in-place; to print a file, name it alone",
  });
}
