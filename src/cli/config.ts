import { readFileSync } from "node:fs";
import type { StoreSettings } from "../config/model.ts";
import { configSearchOf, findConfig, type FindConfigOptions, loadStores } from "../node/find-config.ts";
import type { Args } from "./args.ts";
import type { Io } from "./io.ts";

/** Where the config of a file is looked for. `name`: as the user gave it; undefined: stdin. */
export function configOptions(args: Args, name: string | undefined, io: Io): FindConfigOptions {
  return {
    file: name,
    cwd: io.cwd,
    search: configSearchOf(io.env["SOPS_TS_CONFIG_SEARCH"]),
    config: args.text("config"),
    warn: (message) => {
      io.note(message);
    },
  };
}

/**
 * The `stores` of the config that holds for a file. Most configs have none, and parsing YAML is what would cost most
 * in decrypting a small file: one that does not hold the word is not parsed.
 */
export async function storesFor(args: Args, name: string | undefined, io: Io): Promise<StoreSettings> {
  const options = { ...configOptions(args, name, io), warn: undefined };
  const path = findConfig(options);
  if (path === undefined || !mentionsStores(path)) return {};
  return loadStores({ ...options, config: path });
}

/** A file that cannot be read is told of by whoever needs it. */
function mentionsStores(path: string): boolean {
  try {
    return readFileSync(path).includes("stores");
  } catch {
    return false;
  }
}
