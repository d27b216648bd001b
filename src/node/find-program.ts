import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The file of a program on a `PATH`, or null. Its empty entries are passed over: the working directory is no place for programs. */
export function findProgram(name: string, path: string): string | null {
  for (const dir of path.split(delimiter)) {
    const file = join(dir, process.platform === "win32" ? `${name}.exe` : name);
    if (dir !== "" && isProgram(file)) return file;
  }
  return null;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
