import { lstatSync, readlinkSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** Linux gives up after 40 as well. */
const MAX_LINKS = 40;

/** Where a link leads, the last one dangling or not. */
export function followLinks(path: string): string {
  let at = path;
  for (let i = 0; i < MAX_LINKS; i++) {
    const found = lstatSync(at, { throwIfNoEntry: false });
    // What /dev/stdout leads to is not a path (`pipe:[1234]`): the link itself is opened.
    if (found?.isSymbolicLink() !== true || isSpecial(at)) return at;
    at = resolve(dirname(at), readlinkSync(at));
  }
  return at;
}

function isSpecial(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && !found.isFile() && !found.isDirectory();
}
