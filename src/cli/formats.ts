import type { StoreSettings } from "../config/model.ts";
import { SopsError } from "../core/base/errors.ts";
import { FORMAT_NAMES, type Format, type FormatName } from "../core/model/format.ts";
import { closest } from "../core/base/suggest.ts";
import { sealedFormatOf } from "../formats/detect.ts";
import { formatForPath, loadFormat } from "../formats/index.ts";
import type { Formats } from "../ops/context.ts";
import type { Args } from "./args.ts";
import { storesFor } from "./config.ts";
import type { Io } from "./io.ts";

/** JSON: -1 is one tab. */
const LEAST_INDENT = -1;

/** What is known of a file besides its name. */
export interface Known {
  /** Its bytes, where it is a sealed one: they tell what kind it is. */
  readonly sealed?: Uint8Array | undefined;
  /** Of the creation rule of a plain one. */
  readonly type?: FormatName | undefined;
  /** What a config says of a file, where the caller knows. */
  readonly storesOf?: ((name: string | undefined) => Promise<StoreSettings>) | undefined;
}

/**
 * The formats of a command: by `--input-type` and `--output-type`, else by the suffix of the name, else by what is known,
 * else binary (command-line.md 4). `name` is the file or `--filename-override`; undefined: stdin.
 */
export async function formatsOf(
  args: Args,
  name: string | undefined,
  io: Io,
  known: Known = {},
): Promise<Formats> {
  const storesOf = known.storesOf ?? ((file: string | undefined) => storesFor(args, file, io));
  const input = await inputFormat(args, name, known);
  const outputName = typeOf(args, "output-type") ?? outputFor(input.name, args, name, io, known);
  const output = outputName === input.name ? input : await loadFormat(outputName);
  const asked = args.integer("indent", LEAST_INDENT);
  const indent = asked ?? (await storeIndent(outputName, () => storesOf(name)));
  return { input, output, indent, canonical: asked !== undefined };
}

/** Throws USAGE for flags that can mean nothing, before a file is read. */
export function checkFormatFlags(args: Args): void {
  typeOf(args, "input-type");
  typeOf(args, "output-type");
  args.integer("indent", LEAST_INDENT);
}

/** For a command that prints no file. */
export function inputFormat(args: Args, name: string | undefined, known: Known = {}): Promise<Format> {
  const asked = typeOf(args, "input-type");
  if (asked !== undefined) return loadFormat(asked);
  const byName = name === undefined ? "binary" : formatForPath(name);
  if (byName !== "binary") return loadFormat(byName);
  return loadFormat(known.type ?? (known.sealed && sealedFormatOf(known.sealed)) ?? "binary");
}

/**
 * A name that says something says what is written. For another one sops writes JSON or a binary value, whatever was
 * read, which is never meant; by its name we do, too.
 */
function outputFor(
  input: FormatName,
  args: Args,
  name: string | undefined,
  io: Io,
  { sealed }: Known,
): FormatName {
  const byName = name === undefined ? "binary" : formatForPath(name);
  if (byName !== "binary") return byName;
  // Read as JSON, it still holds one value, which is what sops prints.
  if (sealed !== undefined && sealedFormatOf(sealed) === "binary") return "binary";
  return io.asSops && (args.text("input-type") ?? "") !== "" ? "binary" : input;
}

/** The same where a command reads and writes one format. Throws CONFLICTING_OPTIONS where two are asked for. */
export async function oneFormat(args: Args, name: string, io: Io, known: Known = {}): Promise<Format> {
  const { input, output } = await formatsOf(args, name, io, known);
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
