import type { Format, FormatName } from "../core/format.ts";

/** Each format is loaded when it is first used. */
const LOADERS: Readonly<Record<FormatName, () => Promise<Format>>> = {
  yaml: async () => (await import("./yaml/index.ts")).yamlFormat,
  json: async () => (await import("./json/index.ts")).jsonFormat,
  dotenv: async () => (await import("./dotenv.ts")).dotenvFormat,
  ini: async () => (await import("./ini/index.ts")).iniFormat,
  binary: async () => (await import("./binary.ts")).binaryFormat,
};

export function loadFormat(name: FormatName): Promise<Format> {
  return LOADERS[name]();
}

const SUFFIXES: readonly (readonly [string, FormatName])[] = [
  [".yaml", "yaml"],
  [".yml", "yaml"],
  [".json", "json"],
  [".env", "dotenv"],
  [".ini", "ini"],
];

/** The format of a path by its suffix, case-sensitive, as SOPS takes it (cli spec section 4); else binary. */
export function formatForPath(path: string): FormatName {
  return SUFFIXES.find(([suffix]) => path.endsWith(suffix))?.[1] ?? "binary";
}
