import { lstatSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { SopsError } from "../../core/base/errors.ts";
import { refuseEmptyName, refuseStdin } from "../empty-name.ts";
import { isInUse, removeIfLeft, removeLeftOvers } from "../left-overs.ts";
import { possibleLeftOvers } from "../left-over-names.ts";
import { type Glob, type GlobPart, parseGlobs } from "./glob.ts";
import { outsideOf, realOf } from "./leads-out.ts";
import { lookAt } from "./look-at.ts";
import { isGlob } from "./stands-for-many.ts";
import { readFolder } from "./walk.ts";

/** A file that operands name. */
export interface Selected {
  /** As the user would name it, from the working directory. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  /** The same with all links followed, where there is such a file. */
  readonly real: string;
  /** Named itself: then it must be one that the command can take. Others only may. */
  readonly by: "name" | "glob" | "folder";
}

export interface LeftOvers {
  readonly removed: readonly string[];
  readonly left: readonly string[];
}

export interface Selection {
  /** Each file once, in the order of the operands, and by name in each. */
  readonly files: readonly Selected[];
  /** Names of temporary files that a killed run left in the folders: those that are removed now, and those of which nobody knows. */
  readonly leftOvers: LeftOvers;
  /** Links that were passed over, since they lead out of the folder that brought them and of the working directory. */
  readonly outside: readonly string[];
}

const WINDOWS = process.platform === "win32";

/** The files that operands stand for. Throws FILE_NOT_FOUND for a glob that matches nothing, CANNOT_READ for a folder, NO_FILE for `""`. */
export async function selectFiles(operands: readonly string[], cwd: string): Promise<Selection> {
  const finder = new Finder(cwd);
  for (const operand of operands) await finder.add(operand);
  return { files: [...finder.files.values()], leftOvers: finder.leftOvers(), outside: finder.outside };
}

class Finder {
  readonly cwd: string;
  /** By what they really are: two names of one file are one file. */
  readonly files = new Map<string, Selected>();
  readonly outside: string[] = [];
  /** By the folder that brings files. */
  readonly #outside = new Map<string, (real: string) => boolean>();

  readonly #removed: string[] = [];
  readonly #left: string[] = [];
  /** Those in which nobody has looked for what was left. */
  readonly #untidy = new Set<string>();

  /** What folders really are. */
  readonly #folders = new Map<string, string>();

  constructor(cwd: string) {
    this.cwd = cwd;
  }

  async add(operand: string): Promise<void> {
    refuseEmptyName(operand);
    refuseStdin(operand);
    const found = lookAt(resolve(this.cwd, operand));
    if (found?.isDirectory() === true) await this.#walk(operand, "folder", operand);
    else if (found !== undefined || !isGlob(operand)) this.#take(operand, "name");
    else await this.#glob(operand);
  }

  leftOvers(): LeftOvers {
    for (const folder of this.#untidy)
      this.#removed.push(
        ...removeLeftOvers(folder, possibleLeftOvers(folder)).map((name) =>
          join(relative(this.cwd, folder), name),
        ),
      );
    return { removed: this.#removed, left: this.#left };
  }

  #take(name: string, by: Selected["by"], root = ""): void {
    const path = resolve(this.cwd, name);
    const real = this.#realOf(path);
    if (by !== "folder") this.#untidy.add(dirname(real));
    if (by !== "name" && this.#isOutside(root)(real)) this.outside.push(name);
    else if (by === "name" || !this.files.has(real)) this.files.set(real, { name, path, real, by });
  }

  /** As `realOf`: of all the files in a folder, the folder's own links are followed once. */
  #realOf(path: string): string {
    const folder = dirname(path);
    const known = this.#folders.get(folder) ?? realOf(folder);
    this.#folders.set(folder, known);
    return isPlainFile(path) ? join(known, basename(path)) : realOf(path);
  }

  #isOutside(root: string): (real: string) => boolean {
    const known = this.#outside.get(root) ?? outsideOf([resolve(this.cwd, root), this.cwd]);
    this.#outside.set(root, known);
    return known;
  }

  async #walk(name: string, by: Selected["by"], root: string): Promise<void> {
    const { files, folders, leftOvers } = await readFolder(resolve(this.cwd, name));
    for (const file of files) this.#take(join(name, file), by, root);
    this.#tidy(name, leftOvers);
    for (const folder of folders) await this.#walk(join(name, folder), by, root);
  }

  #tidy(folder: string, leftOvers: readonly string[]): void {
    for (const file of leftOvers) {
      const path = resolve(this.cwd, folder, file);
      const name = join(folder, file);
      if (removeIfLeft(path, file)) this.#removed.push(name);
      else if (!isInUse(file)) this.#left.push(name);
    }
  }

  async #glob(text: string): Promise<void> {
    const matched: string[] = [];
    const hit = async (name: string): Promise<void> => {
      const found = lookAt(resolve(this.cwd, name));
      if (found === undefined) return;
      matched.push(name);
      if (found.isDirectory()) await this.#walk(name, "glob", name);
      else this.#take(name, "glob", dirname(name));
    };
    for (const glob of parseGlobs(text, WINDOWS)) await this.#match(startOf(glob), glob.parts, hit);
    if (matched.length > 0) return;
    throw new SopsError("FILE_NOT_FOUND", "no file matches", {
      hint: "* does not match a leading dot, and only ** goes into folders",
      place: { file: text },
    });
  }

  /** Calls `hit` for each path below `name` that the parts match. */
  async #match(
    name: string,
    [part, ...rest]: readonly GlobPart[],
    hit: (name: string) => Promise<void>,
  ): Promise<void> {
    if (part === undefined) return hit(name === "" ? "." : name);
    if (part.type === "name") return this.#match(join(name, part.name), rest, hit);
    const found = lookAt(resolve(this.cwd, name));
    if (found?.isDirectory() !== true) return;
    if (part.type === "any-folders") {
      await this.#match(name, rest, hit);
      // At the end it stands for all below, which the folder itself has brought.
      if (rest.length === 0) return;
    }
    const { files, folders } = await readFolder(resolve(this.cwd, name));
    for (const folder of folders) {
      if (part.type === "any-folders") {
        if (!folder.startsWith(".")) await this.#match(join(name, folder), [part, ...rest], hit);
      } else if (part.matches(folder)) await this.#match(join(name, folder), rest, hit);
    }
    if (part.type !== "pattern" || rest.length > 0) return;
    for (const file of files) if (part.matches(file)) await hit(join(name, file));
  }
}

/** Neither a link, nor something that we may not look at. */
function isPlainFile(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
  } catch {
    return false;
  }
}

/** A drive is a name of its own (`C:`); what starts at the root starts there. */
function startOf({ absolute }: Glob): string {
  return absolute ? "/" : "";
}
