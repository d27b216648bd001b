import { resolve } from "node:path";
import { SopsError } from "../core/errors.ts";
import type { OpenSettings, OpsContext } from "../ops/context.ts";
import { environmentOf } from "../ops/read-env.ts";
import { formatForPath, loadFormat } from "../formats/index.ts";
import { readInput } from "./read-input.ts";

/**
 * The variables that sealed files stand for, in order; of two with one name the later file's counts. Values are taken
 * as they are: nothing is expanded, nothing is run. Throws what decrypting throws, with the file in its place.
 */
export async function readEnvFiles(
  paths: readonly string[],
  settings: OpenSettings,
  ctx: OpsContext,
): Promise<Map<string, string>> {
  const values = new Map<string, string>();
  for (const path of paths)
    for (const [name, value] of await readOne(path, settings, ctx)) values.set(name, value);
  return values;
}

async function readOne(path: string, settings: OpenSettings, ctx: OpsContext): Promise<[string, string][]> {
  try {
    const format = await loadFormat(formatForPath(path));
    return await environmentOf(await readInput(resolve(path)), format, settings, ctx);
  } catch (error) {
    throw error instanceof SopsError ? error.at({ file: path }) : error;
  }
}

/** Puts values into an environment. What is there already wins, even empty, unless `override`. */
export function applyEnv(
  values: ReadonlyMap<string, string>,
  environment: Record<string, string | undefined>,
  override: boolean,
): void {
  for (const [name, value] of values)
    if (override || environment[name] === undefined) environment[name] = value;
}
