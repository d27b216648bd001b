import { statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { SopsError } from "../core/base/errors.ts";

/** Where the search starts: at the folder of the file, or at the current directory alone, as SOPS does. */
export type ConfigSearch = "file" | "cwd";

export interface FindConfigOptions {
  /** The file of the command, or the name that overrides it; undefined for stdin: the search starts at `cwd`. */
  readonly file?: string | undefined;
  readonly cwd: string;
  /** Default: "file". */
  readonly search?: ConfigSearch | undefined;
  /** As sops has it: from `cwd` unless `search` says otherwise, and no config but `.sops.yaml`. */
  readonly asSops?: boolean | undefined;
  /** `--config` or SOPS_CONFIG: this file and no search. Empty counts as not given. */
  readonly config?: string | undefined;
  /** Default: that of this process. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Told of files that look like a config and are none. */
  readonly warn?: ((message: string) => void) | undefined;
}

/** A config that is there, and not read yet. */
export interface FoundConfig {
  /** Absolute. */
  readonly path: string;
  /** The user named it, and answers for it; one that the search found may be somebody else's. */
  readonly named: boolean;
}

/** In one folder the first wins. */
const NAMES: readonly string[] = [".sops-ts.yaml", ".sops.yaml"];
const NAMES_OF_SOPS: readonly string[] = [".sops.yaml"];
/** Names that are mistaken for a config; SOPS warns of the last as well. */
const MISTAKEN_NAMES: readonly string[] = [".sops-ts.yml", ".sops.yml"];
const MISTAKEN_NAMES_OF_SOPS: readonly string[] = [".sops-ts.yaml", ...MISTAKEN_NAMES];
/** format.md 13. */
const MOST_FOLDERS = 100;

/** The config that holds for a file, or undefined. */
export function findConfig(options: FindConfigOptions): FoundConfig | undefined {
  const { cwd, config, asSops } = options;
  if (config !== undefined && config !== "") return { path: resolve(cwd, config), named: true };
  const names = asSops === true ? NAMES_OF_SOPS : NAMES;
  const mistakenNames = asSops === true ? MISTAKEN_NAMES_OF_SOPS : MISTAKEN_NAMES;
  let mistaken: string | undefined;
  for (const folder of new Set(foldersOf(options))) {
    const path = firstIn(folder, names);
    mistaken ??= firstIn(folder, mistakenNames);
    if (path === undefined) continue;
    if (mistaken !== undefined) options.warn?.(`${notRead(mistaken, names)}; using ${path}`);
    return { path, named: false };
  }
  if (mistaken !== undefined) options.warn?.(notRead(mistaken, names));
  return undefined;
}

/** From the folder of the file upwards, and then, as SOPS searches, from the current directory: most are the same. */
function* foldersOf({ file, cwd, search, asSops }: FindConfigOptions): Generator<string> {
  const first = search ?? (asSops === true ? "cwd" : "file");
  if (file !== undefined && first === "file" && !isStream(resolve(cwd, file)))
    yield* upFrom(dirname(resolve(cwd, file)));
  yield* upFrom(resolve(cwd));
}

function* upFrom(start: string): Generator<string> {
  for (let folder = start, n = 0; n < MOST_FOLDERS; folder = dirname(folder), n++) {
    yield folder;
    if (dirname(folder) === folder) return;
  }
}

/** `/dev/stdin`, and what a shell makes of `<(command)`: the folder of these says nothing about the bytes. */
function isStream(path: string): boolean {
  return /^\/dev\/(?:stdin|fd\/\d+)$|^\/proc\/[^/]+\/fd\/\d+$/.test(path);
}

function notRead(mistaken: string, names: readonly string[]): string {
  return `${mistaken} is not read: a config must be called ${names.join(" or ")}`;
}

function firstIn(folder: string, names: readonly string[]): string | undefined {
  return names.map((name) => join(folder, name)).find(exists);
}

/** What cannot be looked at, in a folder above that is closed to this user, is not there, as for SOPS. */
function exists(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

/** SOPS_TS_CONFIG_SEARCH: `cwd` or `file`; undefined: it says nothing. Throws USAGE for anything else. */
export function configSearchOf(value: string | undefined): ConfigSearch | undefined {
  if (value === undefined || value === "") return undefined;
  if (value === "cwd" || value === "file") return value;
  throw new SopsError("USAGE", `SOPS_TS_CONFIG_SEARCH cannot be ${JSON.stringify(value)}`, {
    hint: "use cwd to search from the current directory as sops does, or file",
  });
}
