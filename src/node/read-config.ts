import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import type { Config, StoreSettings } from "../config/model.ts";
import { fromUtf8 } from "../core/base/bytes.ts";
import { SopsError } from "../core/base/errors.ts";
import { refuseForeign } from "./config-owner.ts";
import { reasonOf } from "./errno.ts";
import { findConfig, type FindConfigOptions, type FoundConfig } from "./find-config.ts";
import { MOST_OF_A_SETTING, readWhole, refuseLarge } from "./read-file.ts";

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

/** Judges the very file that it reads. A pipe is not waited for: who put it there may never write into it. */
function readOurs(path: string, env: NonNullable<FindConfigOptions["env"]>): Uint8Array {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(fd);
    refuseForeign(path, env, stats);
    if (!stats.isFile() && !stats.isDirectory()) throw notAFile(path);
    refuseLarge(stats.size, MOST_OF_A_SETTING);
    return readFileSync(fd);
  } finally {
    closeSync(fd);
  }
}

function notAFile(path: string): SopsError {
  return new SopsError("BAD_CONFIG", "the config is not a regular file", {
    hint: "name it with --config if you mean it",
    place: { file: path },
  });
}
