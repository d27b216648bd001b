import { type Place, SopsError } from "../../../core/base/errors.ts";

/** Deeper than any file that people write, and shallow enough for every walk of the tree. */
export const MAX_DEPTH = 1000;

/** The YAML is valid and SOPS may take it: the limit is ours. */
export function tooDeep(place: Place): SopsError {
  return new SopsError("UNSUPPORTED", `more than ${String(MAX_DEPTH)} levels of nesting`, {
    hint: "this is a limit of enc, the YAML may be valid: encrypt the file as it is with --input-type binary",
    place,
  });
}
