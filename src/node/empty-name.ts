import { SopsError } from "../core/base/errors.ts";

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

/** Throws NO_FILE for `-`, which is stdin: a command that changes files, or many of them, has no use for it. */
export function refuseStdin(operand: string): void {
  if (operand !== "-") return;
  throw new SopsError("NO_FILE", "- is stdin, and the command needs a file", {
    hint: "name the file; one that is called - is ./-",
  });
}
