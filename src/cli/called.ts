import { basename } from "node:path";

/**
 * Is the program called by the name `sops`? Then it is what scripts and other programs take for sops, and what sops does
 * counts. `argv[1]` is the script as it was named, a link not followed; `argv0` is that of a stand-alone build.
 */
export function isCalledSops(argv: readonly string[], argv0: string): boolean {
  return [argv[1] ?? "", argv0].some((path) => /^sops(?:\.exe|\.c?js)?$/.test(basename(path)));
}
