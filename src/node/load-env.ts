import { resolve } from "node:path";
import type { Host } from "../core/ports/host.ts";
import { formatOfSealed } from "../formats/detect.ts";
import { loadFormat } from "../formats/index.ts";
import type { OpsContext } from "../ops/context.ts";
import { environmentOf } from "../ops/read-env.ts";
import { forFile, nodeContext } from "./context.ts";
import { inFile } from "./in-file.ts";
import type { KeyServiceSettings } from "./keyservice/index.ts";
import { readNamed } from "./read-input.ts";

export interface ReadEnvOptions {
  readonly ignoreMac?: boolean | undefined;
  /** Where keys are looked for. Default: this process, as on the command line. */
  readonly host?: Host | undefined;
  /** Key services to ask besides this process's own keys, or, where `local` is false, in their place. Default: none. */
  readonly keyServices?: KeyServiceSettings | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface LoadEnvOptions extends ReadEnvOptions {
  /** Replace variables that are set already. Default: what is set stays, even where it is empty. */
  readonly override?: boolean | undefined;
  /** Default: `process.env`. */
  readonly environment?: Record<string, string | undefined> | undefined;
}

/**
 * The variables that sealed files stand for, in order: the top level of each. Of two with one name the later file's
 * counts. Values are taken as they are: nothing is expanded, nothing is run. Throws what decrypting throws.
 */
export async function readEnv(
  paths: string | readonly string[],
  options: ReadEnvOptions = {},
): Promise<Map<string, string>> {
  const ctx = nodeContext(options.host, options.signal, options.keyServices);
  const files = typeof paths === "string" ? [paths] : paths;
  const read = await Promise.all(files.map((path) => readOne(path, options, ctx)));
  return new Map(read.flat());
}

/**
 * The same, put into the environment of this process, where the variables that are set already win.
 * All files are read before the first variable is set. Answers the names that were set.
 */
export async function loadEnv(
  paths: string | readonly string[],
  options: LoadEnvOptions = {},
): Promise<readonly string[]> {
  const values = await readEnv(paths, options);
  const environment = options.environment ?? process.env;
  const set: string[] = [];
  for (const [name, value] of values) {
    if (options.override !== true && isSet(environment, name)) continue;
    // Not an assignment: `__proto__` is a name like any other.
    Object.defineProperty(environment, name, { value, writable: true, enumerable: true, configurable: true });
    set.push(name);
  }
  return set;
}

/** Of its own: `constructor` is in every object. */
function isSet(environment: Readonly<Record<string, string | undefined>>, name: string): boolean {
  return Object.hasOwn(environment, name) && environment[name] !== undefined;
}

function readOne(path: string, { ignoreMac }: ReadEnvOptions, ctx: OpsContext): Promise<[string, string][]> {
  return inFile(path, async () => {
    const sealed = await readNamed(path);
    const format = await loadFormat(formatOfSealed(path, sealed));
    return environmentOf(sealed, format, { ignoreMac }, forFile(ctx, resolve(path)), path);
  });
}
