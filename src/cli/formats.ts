import type { StoreSettings } from "../config/model.ts";
import { SopsError } from "../core/errors.ts";
import { FORMAT_NAMES, type Format, type FormatName } from "../core/format.ts";
import { closest } from "../core/suggest.ts";
import { formatForPath, loadFormat } from "../formats/index.ts";
import type { Formats } from "../ops/context.ts";
import type { Args } from "./args.ts";
import { storesFor } from "./config.ts";
import type { Io } from "./io.ts";

/** JSON: -1 is one tab. */
const LEAST_INDENT = -1;

/**
 * The formats of a command: by `--input-type` and `--output-type`, else by the suffix of the name, else binary
 * (cli spec section 4). `name` is the file or `--filename-override`; undefined: stdin.
 * `storesOf`: what a config says of a file, where the caller knows.
 */
export async function formatsOf(
  args: Args,
  name: string | undefined,
  io: Io,
  storesOf: (name: string | undefined) => Promise<StoreSettings> = (file) => storesFor(args, file, io),
): Promise<Formats> {
  const byName = name === undefined ? "binary" : formatForPath(name);
  const input = await inputFormat(args, name);
  const outputName = typeOf(args, "output-type") ?? byName;
  const output = outputName === input.name ? input : await loadFormat(outputName);
  const asked = args.integer("indent", LEAST_INDENT);
  const indent = asked ?? (await storeIndent(outputName, () => storesOf(name)));
  return { input, output, indent, canonical: asked !== undefined };
}

/** For a command that prints no file. */
export function inputFormat(args: Args, name: string | undefined): Promise<Format> {
  return loadFormat(typeOf(args, "input-type") ?? (name === undefined ? "binary" : formatForPath(name)));
}

/** The same where a command reads and writes one format. Throws CONFLICTING_OPTIONS where two are asked for. */
export async function oneFormat(args: Args, name: string, io: Io): Promise<Format> {
  const { input, output } = await formatsOf(args, name, io);
  if (input === output) return input;
  throw new SopsError("CONFLICTING_OPTIONS", "the input type and the output type differ", {
    hint: "leave --output-type out; enc decrypt --output-type converts a file",
  });
}

async function storeIndent(
  format: FormatName,
  storesOf: () => Promise<StoreSettings>,
): Promise<number | undefined> {
  if (format === "dotenv" || format === "ini") return undefined;
  const stores = await storesOf();
  return format === "binary" ? stores.jsonBinary : stores[format];
}

function typeOf(args: Args, flag: string): FormatName | undefined {
  const text = args.text(flag);
  if (text === undefined || text === "") return undefined;
  const name = FORMAT_NAMES.find((format) => format === text);
  if (name !== undefined) return name;
  const near = closest(text, FORMAT_NAMES);
  throw new SopsError("USAGE", `unknown type ${text} for --${flag}`, {
    hint: near === undefined ? `one of ${FORMAT_NAMES.join(", ")}` : `did you mean ${near}?`,
  });
}
