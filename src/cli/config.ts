import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Config, StoreSettings } from "../config/model.ts";
import { configSearchOf, findConfig, type FindConfigOptions, type FoundConfig } from "../node/find-config.ts";
import { MOST_OF_A_SETTING } from "../node/read-file.ts";
import type { Args } from "./args.ts";
import type { Io } from "./io.ts";

/** Where the config of a file is looked for. `name`: as the user gave it; undefined: stdin. */
export function configOptions(args: Args, name: string | undefined, io: Io): FindConfigOptions {
  return {
    file: name,
    cwd: io.cwd,
    search: configSearchOf(io.env["SOPS_TS_CONFIG_SEARCH"]),
    asSops: io.asSops,
    env: io.env,
    config: args.text("config"),
    warn: (message) => {
      io.note(message);
    },
  };
}

/**
 * The `stores` of the config that holds for a file. Most configs have none, and parsing YAML is what would cost most
 * in decrypting a small file: one that does not hold the word is not parsed. One of somebody else is left aside, since
 * who only reads a file needs no config.
 */
export async function storesFor(args: Args, name: string | undefined, io: Io): Promise<StoreSettings> {
  const options = { ...configOptions(args, name, io), warn: undefined };
  const found = findConfig(options);
  if (found === undefined || !mentionsStores(found.path)) return {};
  const [{ whyForeign }, { readStores }] = await Promise.all([
    import("../node/owner.ts"),
    import("../node/read-config.ts"),
  ]);
  const why = found.named ? undefined : whyForeign(found.path, io.env);
  if (why === undefined) return readStores(found, options);
  io.note(`the stores of ${found.path} have no effect: ${why}`);
  return {};
}

/** Answers anew only for the first file of each folder: which config holds for a file depends on its folder alone. */
export function oncePerFolder<T>(io: Io, find: (name: string) => Promise<T>): (name: string) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (name) => {
    const folder = dirname(resolve(io.cwd, name));
    const found = known.get(folder) ?? find(name);
    known.set(folder, found);
    return found;
  };
}

/** The config that holds for each of many files, read and warned of once. Throws what loading one throws. */
export function configsFor(args: Args, io: Io): (name: string) => Promise<Config | undefined> {
  const known = new Map<string, Promise<Config>>();
  const said = new Set<string>();
  return oncePerFolder(io, (name) => {
    const options = configOptions(args, name, io);
    const warn = (message: string): void => {
      if (!said.has(message)) options.warn?.(message);
      said.add(message);
    };
    const found = findConfig({ ...options, warn });
    if (found === undefined) return Promise.resolve(undefined);
    const config = known.get(found.path) ?? readFound(found, { ...options, warn });
    known.set(found.path, config);
    return config;
  });
}

/** A file that cannot be read is told of by whoever needs it. */
function mentionsStores(path: string): boolean {
  try {
    const found = statSync(path);
    // Whoever reads it says what is wrong with it: to read a pipe here may never end.
    return !found.isFile() || found.size > MOST_OF_A_SETTING || readFileSync(path).includes("stores");
  } catch {
    // Whoever parses it says why it cannot be read.
    return true;
  }
}

async function readFound(found: FoundConfig, options: FindConfigOptions): Promise<Config> {
  const { readConfig } = await import("../node/read-config.ts");
  return readConfig(found, options);
}
