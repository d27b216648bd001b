import { SopsError } from "../core/errors.ts";

/**
 * Throws NO_FILE for `""`, which a path takes for the working directory: a script whose variable is not set would have
 * all files there decrypted.
 */
export function refuseEmptyName(operand: string): void {
  if (operand !== "") return;
  throw new SopsError("NO_FILE", "the name of the file is empty", {
    hint: "is a variable of your script not set? For the working directory write a dot",
  });
}
