import { statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Config, StoreSettings } from "../config/model.ts";
import { fromUtf8 } from "../core/bytes.ts";
import { SopsError } from "../core/errors.ts";
import { reasonOf } from "./errno.ts";
import { readWhole } from "./read-file.ts";

/** Where the search starts: at the folder of the file, or at the current directory as SOPS does. */
export type ConfigSearch = "file" | "cwd";

export interface FindConfigOptions {
  /** The file of the command, or the name that overrides it; undefined for stdin: the search starts at `cwd`. */
  readonly file?: string | undefined;
  readonly cwd: string;
  /** Default: "file". */
  readonly search?: ConfigSearch | undefined;
  /** `--config` or SOPS_CONFIG: this file and no search. Empty counts as not given. */
  readonly config?: string | undefined;
  /** Told of files that look like a config and are none. */
  readonly warn?: ((message: string) => void) | undefined;
}

/** In one folder the first wins. */
const NAMES: readonly string[] = [".sops-ts.yaml", ".sops.yaml"];
/** Names that are mistaken for a config; SOPS warns of the second as well. */
const MISTAKEN_NAMES: readonly string[] = [".sops-ts.yml", ".sops.yml"];
/** Spec section 13. */
const MOST_FOLDERS = 100;

/** The absolute path of the config that holds for a file, or undefined. It is not read. */
export function findConfig(options: FindConfigOptions): string | undefined {
  const { file, cwd, config } = options;
  if (config !== undefined && config !== "") return resolve(cwd, config);
  const start =
    file === undefined || options.search === "cwd" || isStream(resolve(cwd, file))
      ? resolve(cwd)
      : dirname(resolve(cwd, file));
  let mistaken: string | undefined;
  let folder = start;
  for (let n = 0; n < MOST_FOLDERS; n++) {
    const found = firstIn(folder, NAMES);
    mistaken ??= firstIn(folder, MISTAKEN_NAMES);
    if (found !== undefined || dirname(folder) === folder) return tell(found, mistaken, options);
    folder = dirname(folder);
  }
  return tell(undefined, mistaken, options);
}

/** `/dev/stdin`, and what a shell makes of `<(command)`: the folder of these says nothing about the bytes. */
function isStream(path: string): boolean {
  return /^\/dev\/(?:stdin|fd\/\d+)$|^\/proc\/[^/]+\/fd\/\d+$/.test(path);
}

function tell(
  found: string | undefined,
  mistaken: string | undefined,
  { warn }: FindConfigOptions,
): string | undefined {
  if (mistaken === undefined) return found;
  warn?.(
    `${mistaken} is not read: a config must be called ${NAMES.join(" or ")}${found === undefined ? "" : `; using ${found}`}`,
  );
  return found;
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

/** SOPS_TS_CONFIG_SEARCH: `cwd` or `file`. Throws USAGE for anything else. */
export function configSearchOf(value: string | undefined): ConfigSearch {
  if (value === undefined || value === "" || value === "file") return "file";
  if (value === "cwd") return "cwd";
  throw new SopsError("USAGE", `SOPS_TS_CONFIG_SEARCH cannot be ${JSON.stringify(value)}`, {
    hint: "use cwd to search from the current directory as sops does, or file",
  });
}

/** Finds, reads and checks the config; undefined where there is none. Throws BAD_CONFIG and BAD_PATTERN. */
export async function loadConfig(options: FindConfigOptions): Promise<Config | undefined> {
  const path = findConfig(options);
  if (path === undefined) return undefined;
  const [text, { parseConfig }] = await Promise.all([readConfig(path), import("../config/parse.ts")]);
  const config = await parseConfig(text, path);
  for (const warning of config.warnings) options.warn?.(warning);
  return config;
}

/** Only the `stores` of the config, for commands that print text anew; empty where there is none. Throws BAD_CONFIG. */
export async function loadStores(options: FindConfigOptions): Promise<StoreSettings> {
  const path = findConfig(options);
  if (path === undefined) return {};
  const [text, { parseStores }] = await Promise.all([readConfig(path), import("../config/parse.ts")]);
  return parseStores(text, path);
}

async function readConfig(path: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await readWhole(path);
  } catch (cause) {
    throw new SopsError("BAD_CONFIG", `cannot read the config: ${reasonOf(cause)}`, {
      hint: "check the path in --config or SOPS_CONFIG, and that you may read the file",
      place: { file: path },
      cause,
    });
  }
  try {
    return fromUtf8(bytes);
  } catch (error) {
    throw error instanceof SopsError
      ? new SopsError("BAD_CONFIG", "the config is not valid UTF-8", {
          hint: "save it as UTF-8",
          place: { file: path, ...error.place },
          cause: error,
        })
      : error;
  }
}
