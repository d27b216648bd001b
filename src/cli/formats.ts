import { SopsError } from "../core/errors.ts";
import { FORMAT_NAMES, type Format, type FormatName } from "../core/format.ts";
import { closest } from "../core/suggest.ts";
import { formatForPath, loadFormat } from "../formats/index.ts";
import type { Formats } from "../ops/context.ts";
import type { Args } from "./args.ts";

/** JSON: -1 is one tab. */
const LEAST_INDENT = -1;

/**
 * The formats of a command: by `--input-type` and `--output-type`, else by the suffix of the name, else binary
 * (cli spec section 4). `name` is the file or `--filename-override`; undefined: stdin.
 */
export async function formatsOf(args: Args, name: string | undefined): Promise<Formats> {
  const byName = name === undefined ? "binary" : formatForPath(name);
  const input = await loadFormat(typeOf(args, "input-type") ?? byName);
  const outputName = typeOf(args, "output-type") ?? byName;
  const output = outputName === input.name ? input : await loadFormat(outputName);
  return { input, output, indent: args.integer("indent", LEAST_INDENT), canonical: args.has("indent") };
}

/** The same where a command reads and writes one format. Throws CONFLICTING_OPTIONS where two are asked for. */
export async function oneFormat(args: Args, name: string): Promise<Format> {
  const { input, output } = await formatsOf(args, name);
  if (input === output) return input;
  throw new SopsError("CONFLICTING_OPTIONS", "the input type and the output type differ", {
    hint: "leave --output-type out; enc decrypt --output-type converts a file",
  });
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
