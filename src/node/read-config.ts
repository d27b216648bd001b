import { devNull } from "node:os";
import type { Config, StoreSettings } from "../config/model.ts";
import { fromUtf8 } from "../core/base/bytes.ts";
import { SopsError } from "../core/base/errors.ts";
import { reasonOf } from "./errno.ts";
import { findConfig, type FindConfigOptions, type FoundConfig } from "./find-config.ts";
import { whyForeign, withOpened } from "./owner.ts";
import { MOST_OF_A_SETTING, readOpened, readWhole } from "./read-file.ts";

/** Finds, reads and checks the config; undefined where there is none. Throws BAD_CONFIG, BAD_PATTERN, FOREIGN_CONFIG. */
export async function loadConfig(options: FindConfigOptions): Promise<Config | undefined> {
  const found = findConfig(options);
  return found && readConfig(found, options);
}

/** Reads and checks a config that was found. Throws BAD_CONFIG, BAD_PATTERN, FOREIGN_CONFIG. */
export async function readConfig(found: FoundConfig, options: FindConfigOptions): Promise<Config> {
  const { asSops, warn } = options;
  const [text, { parseConfig }] = await Promise.all([textOf(found, options), import("../config/parse.ts")]);
  const config = await parseConfig(text, found.path, { unknownKeys: asSops === true ? "warn" : "refuse" });
  for (const warning of config.warnings) warn?.(warning);
  return config;
}

/** Only the `stores` of a config, for commands that print text anew. Throws BAD_CONFIG, FOREIGN_CONFIG. */
export async function readStores(found: FoundConfig, options: FindConfigOptions): Promise<StoreSettings> {
  const [text, { parseStores }] = await Promise.all([textOf(found, options), import("../config/parse.ts")]);
  return parseStores(text, found.path, { unknownKeys: options.asSops === true ? "warn" : "refuse" });
}

async function textOf(found: FoundConfig, { env }: FindConfigOptions): Promise<string> {
  const { path, named } = found;
  let bytes: Uint8Array;
  try {
    bytes = named ? await readWhole(path, MOST_OF_A_SETTING) : readOurs(path, env ?? process.env);
  } catch (cause) {
    if (cause instanceof SopsError) throw cause;
    throw new SopsError("BAD_CONFIG", `cannot read the config: ${reasonOf(cause)}`, {
      hint: named
        ? "check the path in --config or SOPS_CONFIG, and that you may read the file"
        : "check that it is a file and that you may read it",
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

function readOurs(path: string, env: NonNullable<FindConfigOptions["env"]>): Uint8Array {
  return withOpened(path, (fd, stats) => {
    const why = whyForeign(path, env, stats);
    if (why !== undefined) throw foreign(path, why);
    if (!stats.isFile() && !stats.isDirectory()) throw notAFile(path);
    return readOpened(fd, stats, MOST_OF_A_SETTING);
  });
}

function foreign(path: string, why: string): SopsError {
  return new SopsError("FOREIGN_CONFIG", `this config is not used: ${why}`, {
    hint: `read it; to use it name it (--config or SOPS_CONFIG) or make it yours (chown, chmod); to use none: --config ${devNull}`,
    place: { file: path },
  });
}

function notAFile(path: string): SopsError {
  return new SopsError("BAD_CONFIG", "the config is not a regular file", {
    hint: "name it with --config if you mean it",
    place: { file: path },
  });
}
