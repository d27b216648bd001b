import { resolve } from "node:path";
import { lookAt } from "./look-at.ts";

/** Would a shell look for files with this? */
export function isGlob(text: string): boolean {
  return /[*?]|\[[^\]]+\]|\{[^{}]*,[^{}]*\}/.test(text);
}

/** Does this operand stand for files other than itself: a folder, or a glob that the shell left alone? An empty one does not. */
export function standsForMany(operand: string, cwd: string): boolean {
  if (operand === "") return false;
  const found = lookAt(resolve(cwd, operand));
  return found === undefined ? isGlob(operand) : found.isDirectory();
}
