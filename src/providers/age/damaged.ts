import { SopsError } from "../../core/base/errors.ts";

/** `what`: the part of the age file that is not as its format wants it. Never holds any of its bytes. */
export function damaged(what: string): SopsError {
  return new SopsError("BAD_METADATA", `the age file in enc is damaged: ${what}`, {
    hint: "restore the sops metadata from git",
  });
}
