import { SopsError } from "../core/base/errors.ts";
import { FORMAT_NAMES, type Format, type FormatName } from "../core/model/format.ts";
import { namingConflicts } from "./conflict.ts";

/** One entry for each format; a format is loaded when a file needs it. */
const LOADERS: Readonly<Record<FormatName, () => Promise<Format>>> = {
  binary: async () => (await import("./binary.ts")).binaryFormat,
  dotenv: async () => (await import("./dotenv/index.ts")).dotenvFormat,
  ini: async () => (await import("./ini/index.ts")).iniFormat,
  json: async () => (await import("./json/index.ts")).jsonFormat,
  yaml: async () => (await import("./yaml/index.ts")).yamlFormat,
};

/** What was loaded: a format is one object, however often it is asked for. */
const LOADED = new Map<FormatName, Promise<Format>>();

/** Throws USAGE for a name that is none: callers without types can misspell it. */
export async function loadFormat(name: FormatName): Promise<Format> {
  if (!FORMAT_NAMES.includes(name))
    throw new SopsError("USAGE", `there is no format ${name}`, {
      hint: `it is one of ${FORMAT_NAMES.join(", ")}`,
    });
  const loaded = LOADED.get(name) ?? LOADERS[name]().then(namingConflicts);
  LOADED.set(name, loaded);
  return loaded;
}

const SUFFIXES: readonly (readonly [suffix: string, name: FormatName])[] = [
  [".yaml", "yaml"],
  [".yml", "yaml"],
  [".json", "json"],
  [".env", "dotenv"],
  [".ini", "ini"],
];

/** The format of a file by its suffix, case and all, as SOPS takes it; binary where none fits. */
export function formatForPath(path: string): FormatName {
  return SUFFIXES.find(([suffix]) => path.endsWith(suffix))?.[1] ?? "binary";
}
