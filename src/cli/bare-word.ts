import { SopsError } from "../core/base/errors.ts";
import { closest } from "../core/base/suggest.ts";

/** What people call things in other tools, and the command that does it here. */
const ALSO_CALLED: Readonly<Record<string, string>> = {
  add: "set",
  cat: "decrypt",
  check: "filestatus",
  create: "edit",
  del: "unset",
  delete: "unset",
  diff: "textconv",
  env: "exec-env",
  exec: "exec-env",
  generate: "keygen",
  get: "decrypt",
  init: "keygen",
  list: "filestatus",
  lock: "encrypt",
  ls: "filestatus",
  new: "edit",
  open: "decrypt",
  print: "decrypt",
  read: "decrypt",
  remove: "unset",
  rm: "unset",
  run: "exec-env",
  seal: "encrypt",
  show: "decrypt",
  status: "filestatus",
  unlock: "decrypt",
  unseal: "decrypt",
  version: "--version",
  view: "decrypt",
};

/** Has it the form of a file's name: an extension, a folder? */
export function looksLikeFile(word: string): boolean {
  return /[./\\]/.test(word);
}

/** A word that is no command. `more`: what else the hint says. */
export function unknownCommand(word: string, commands: Iterable<string>, more = ""): SopsError {
  const near =
    closest(word, [...commands, "help"]) ??
    (Object.hasOwn(ALSO_CALLED, word) ? ALSO_CALLED[word] : undefined);
  const meant = near === undefined ? "enc --help lists the commands" : `did you mean ${near}?`;
  return new SopsError("USAGE", `unknown command ${word}`, {
    hint: [meant, more].filter((text) => text !== "").join(near === undefined ? "; " : " "),
  });
}
